//! Databases for tests: a file each, or a database each on one PostgreSQL that the tests start for themselves
//! from Debian's binaries. PostgreSQL refuses to run as root; as root it is run as Debian's user `postgres`.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tempfile::TempDir;

/// A database of a test's own.
pub struct Database {
    url: String,
    _folder: Option<TempDir>,
}

impl Database {
    /// A file in a folder of its own.
    pub fn sqlite() -> Self {
        let folder = TempDir::new().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("hotline.db").display());
        Self { url, _folder: Some(folder) }
    }

    /// A fresh database on the tests' server.
    pub fn postgres() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let server = server();
        let name = format!("t{}", NEXT.fetch_add(1, Ordering::SeqCst));
        server.run("createdb", &["-h", &server.host(), "-U", "postgres", &name]);
        Self { url: format!("postgres://postgres@localhost/{name}?host={}", server.host()), _folder: None }
    }

    pub fn url(&self) -> &str {
        &self.url
    }
}

struct Server {
    folder: TempDir,
    binaries: PathBuf,
    _process: Child,
}

/// Started by the first test that needs it; it ends with the tests, since the kernel ends it with them.
fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        // The server is to end when this process ends, and Linux means the thread that started it: this one stays.
        let (started, server) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            started.send(Server::start()).expect("somebody waits");
            loop {
                std::thread::park();
            }
        });
        server.recv().expect("PostgreSQL starts")
    })
}

impl Server {
    fn start() -> Self {
        let binaries = newest_binaries();
        let folder = TempDir::with_prefix("hotline-postgres-").expect("a folder");
        let mine = |program: &Path| as_postgres(program);
        if is_root() {
            let owned =
                Command::new("chown").arg("postgres").arg(folder.path()).status().expect("chown runs");
            assert!(owned.success(), "the server's folder belongs to postgres");
        }
        let data = folder.path().join("data");
        let made = mine(&binaries.join("initdb"))
            .arg("-D")
            .arg(&data)
            .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"])
            .stdout(Stdio::null())
            .status();
        assert!(made.expect("initdb runs").success(), "initdb makes a cluster");
        let socket = format!("-k{}", folder.path().display());
        let mut command = mine(&binaries.join("postgres"));
        command.arg("-D").arg(&data).arg(socket).args([
            "-h",
            "",
            "-c",
            "max_connections=300",
            "-c",
            "synchronous_commit=on",
        ]);
        let process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("postgres runs");
        let server = Self { folder, binaries, _process: process };
        server.wait();
        server
    }

    fn host(&self) -> String {
        self.folder.path().display().to_string()
    }

    fn wait(&self) {
        for _ in 0..200 {
            let ready =
                Command::new(self.binaries.join("pg_isready")).args(["-q", "-h", &self.host()]).status();
            if ready.is_ok_and(|ready| ready.success()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("PostgreSQL does not start");
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let done = Command::new(self.binaries.join(program)).args(arguments).status().expect("a client runs");
        assert!(done.success(), "{program} {arguments:?}");
    }
}

/// A program as the user `postgres`, who ends when we end.
fn as_postgres(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.arg("--pdeathsig=TERM");
    if is_root() {
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
    }
    command.arg(program).current_dir("/");
    command
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}

fn newest_binaries() -> PathBuf {
    let folders = std::fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL is installed: see tests/run");
    let mut folders: Vec<PathBuf> =
        folders.filter_map(|folder| Some(folder.ok()?.path().join("bin"))).collect();
    folders.sort();
    folders.pop().expect("PostgreSQL is installed: see tests/run")
}
