-- What people have said since about what messages were taken for is found without reading the whole history.
create index history_classified on history (at) where event = 'classified';
