-- Staff: who supervises. Passwords are argon2id hashes; of session cookies only a digest is kept.

create table staff (
    name text primary key,
    role text not null check (role in ('admin', 'officer', 'viewer')),
    password text not null,
    failures bigint not null,
    locked_until bigint not null,
    created_at bigint not null
);

create table session (
    digest text primary key,
    staff text not null references staff (name),
    csrf text not null,
    created_at bigint not null,
    expires_at bigint not null
);
