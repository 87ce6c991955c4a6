//! Synapse, for real, with the registration of docs/channels/matrix.md: from the folder that `HOTLINE_SYNAPSE` names (a
//! Python environment; `tests/run --matrix` makes it), in a folder of its own on a port that is free. People use it as
//! their programs do.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::on_matrix::{AS_TOKEN, HS_TOKEN, Homeserver, Shown, US, shown_of};

const GUIDE: &str = include_str!("../../../docs/channels/matrix.md");
/// How long it may take to start.
const PATIENCE: Duration = Duration::from_secs(120);

/// See the module. It ends with the test.
pub struct Synapse {
    pub url: String,
    client: reqwest::Client,
    tokens: BTreeMap<String, String>,
    puts: Mutex<u64>,
    process: Child,
    _folder: TempDir,
}

impl Drop for Synapse {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

impl Synapse {
    /// Synapse with these people, which brings what happens to this address.
    pub async fn start(hook: &str, people: &[&str]) -> Self {
        let python =
            std::env::var_os("HOTLINE_SYNAPSE").expect("HOTLINE_SYNAPSE is set: see tests/run --matrix");
        let python = PathBuf::from(python).join("bin/python");
        let folder = TempDir::with_prefix("hotline-synapse-").expect("a folder");
        let port = free_port();
        let config = write(folder.path(), port, hook);
        run(&python, folder.path(), &config, &["--generate-keys"]).status().expect("it runs");
        let process = run(&python, folder.path(), &config, &[]).spawn().expect("it starts");
        let mut synapse = Self {
            url: format!("http://127.0.0.1:{port}"),
            client: reqwest::Client::new(),
            tokens: BTreeMap::new(),
            puts: Mutex::new(0),
            process,
            _folder: folder,
        };
        synapse.wait().await;
        for name in people {
            let token = synapse.register(name).await;
            synapse.tokens.insert(format!("@{name}:hotline.test"), token);
        }
        synapse
    }

    async fn wait(&mut self) {
        let begin = Instant::now();
        while self.client.get(format!("{}/health", self.url)).send().await.is_err() {
            assert!(self.process.try_wait().expect("a process").is_none(), "Synapse has ended");
            assert!(begin.elapsed() < PATIENCE, "Synapse does not start");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn register(&self, name: &str) -> String {
        let body =
            json!({ "username": name, "password": "of-the-test", "auth": { "type": "m.login.dummy" } });
        let answer = self.call("POST", "v3/register", None, Some(body)).await;
        answer["access_token"].as_str().expect("a token").to_owned()
    }

    async fn call(&self, method: &str, path: &str, user: Option<&str>, body: Option<Value>) -> Value {
        let method = method.parse().expect("a method");
        let request = self.client.request(method, format!("{}/_matrix/client/{path}", self.url));
        let request = user.into_iter().fold(request, |request, user| request.bearer_auth(&self.tokens[user]));
        let request = body.into_iter().fold(request, |request, body| request.body(body.to_string()));
        let answer = request.send().await.expect("an answer");
        let (status, text) = (answer.status(), answer.text().await.expect("a text"));
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).expect("JSON")
    }

    async fn make(&self, user: &str, body: Value) -> String {
        let room = self.call("POST", "v3/createRoom", Some(user), Some(body)).await;
        room["room_id"].as_str().expect("a room").to_owned()
    }

    /// Until we are in a room.
    async fn until_we_are_in(&self, user: &str, room: &str) {
        let begin = Instant::now();
        loop {
            let joined = self.call("GET", &format!("v3/rooms/{room}/joined_members"), Some(user), None).await;
            if joined["joined"][US].is_object() {
                return;
            }
            assert!(begin.elapsed() < PATIENCE, "we do not come into the room");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Homeserver for Synapse {
    async fn direct(&self, user: &str) -> String {
        let body = json!({ "preset": "trusted_private_chat", "is_direct": true, "invite": [US] });
        let room = self.make(user, body).await;
        self.until_we_are_in(user, &room).await;
        room
    }

    async fn group(&self, name: &str, users: &[&str]) -> String {
        let invited: Vec<&str> = users[1..].iter().copied().chain([US]).collect();
        let body = json!({ "preset": "private_chat", "name": name, "invite": invited });
        let room = self.make(users[0], body).await;
        for user in &users[1..] {
            self.comes(user, &room).await;
        }
        self.until_we_are_in(users[0], &room).await;
        room
    }

    async fn writes(&self, user: &str, room: &str, text: &str) -> String {
        let put = {
            let mut puts = self.puts.lock().expect("no test panicked");
            *puts += 1;
            *puts
        };
        let path = format!("v3/rooms/{room}/send/m.room.message/{put}");
        let body = json!({ "msgtype": "m.text", "body": text });
        let sent = self.call("PUT", &path, Some(user), Some(body)).await;
        sent["event_id"].as_str().expect("an event").to_owned()
    }

    async fn comes(&self, user: &str, room: &str) {
        self.call("POST", &format!("v3/join/{room}"), Some(user), Some(json!({}))).await;
    }

    async fn invited(&self, user: &str) -> Option<String> {
        let news = self.call("GET", "v3/sync?timeout=0", Some(user), None).await;
        news["rooms"]["invite"].as_object().and_then(|rooms| rooms.keys().next().cloned())
    }

    async fn shown(&self, user: &str, room: &str) -> Vec<Shown> {
        let page =
            self.call("GET", &format!("v3/rooms/{room}/messages?dir=b&limit=100"), Some(user), None).await;
        let mut events = page["chunk"].as_array().cloned().unwrap_or_default();
        events.reverse();
        shown_of(&events)
    }

    /// It does so by itself.
    async fn delivers(&self) {}
}

/// A port that nobody uses.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

fn run(python: &Path, folder: &Path, config: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("setpriv");
    command.arg("--pdeathsig=KILL").arg(python).args(["-m", "synapse.app.homeserver", "-c"]).arg(config);
    command.args(arguments).current_dir(folder);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// The registration as the guide shows it, and as little else as Synapse wants.
fn write(folder: &Path, port: u16, hook: &str) -> PathBuf {
    let (_, rest) = GUIDE.split_once("```yaml\n").expect("the guide shows the registration");
    let (registration, _) = rest.split_once("```").expect("and ends it");
    let registration = registration
        .replace("http://127.0.0.1:8080/hooks/matrix", hook)
        .replace("AS_TOKEN", AS_TOKEN)
        .replace("HS_TOKEN", HS_TOKEN)
        .replace("example\\.org", "hotline\\.test");
    std::fs::write(folder.join("hotline.yaml"), registration).expect("written");
    let limits = ["rc_message", "rc_registration", "rc_joins_per_room"]
        .map(|limit| format!("{limit}: {{ per_second: 1000, burst_count: 1000 }}\n"))
        .concat();
    let folder = folder.display();
    let text = format!(
        r#"
server_name: hotline.test
pid_file: "{folder}/synapse.pid"
listeners: [{{ port: {port}, bind_addresses: ["127.0.0.1"], type: http, resources: [{{ names: [client] }}] }}]
database: {{ name: sqlite3, args: {{ database: "{folder}/synapse.db" }} }}
media_store_path: "{folder}/media"
signing_key_path: "{folder}/signing.key"
log_config: "{folder}/log.yaml"
trusted_key_servers: []
report_stats: false
macaroon_secret_key: of-the-test
enable_registration: true
enable_registration_without_verification: true
app_service_config_files: ["{folder}/hotline.yaml"]
rc_login: {{ address: {{ per_second: 1000, burst_count: 1000 }}, account: {{ per_second: 1000, burst_count: 1000 }} }}
rc_invites: {{ per_room: {{ per_second: 1000, burst_count: 1000 }}, per_user: {{ per_second: 1000, burst_count: 1000 }} }}
rc_joins: {{ local: {{ per_second: 1000, burst_count: 1000 }}, remote: {{ per_second: 1000, burst_count: 1000 }} }}
{limits}"#
    );
    let log = format!(
        "version: 1\nhandlers: {{ file: {{ class: logging.FileHandler, filename: \"{folder}/synapse.log\" }} }}\n\
         root: {{ level: WARNING, handlers: [file] }}\n"
    );
    let config = Path::new(&folder.to_string()).join("homeserver.yaml");
    std::fs::write(&config, text).expect("written");
    std::fs::write(config.with_file_name("log.yaml"), log).expect("written");
    config
}
