//! Debian's Kannel, for real: a bearerbox with its simulated message centre, and a smsbox, in a folder of its own on
//! ports that are free. Behind the message centre are telephones, which this file plays: they speak its line protocol,
//! keep to the length of a segment, and join what comes in segments.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hotline::channels::Channels;
use hotline::channels::sms::{NAME, PER_SECOND, Settings, Sms};
use hotline::channels::webchat::{self, Webchat};
use hotline::clock::Clock;
use hotline::web::{Web, router};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use super::{CITY, Database, START, TestApp, at};

/// The number of the hotline.
pub const HOTLINE: &str = "10690000";
pub const TOKEN: &str = "0123456789abcdef0123456789abcdef";
pub const USERNAME: &str = "hotline";
pub const PASSWORD: &str = "p-4-Kannel";
/// No message centre takes numbers that begin so.
pub const NOWHERE: &str = "+999";
/// How long something may take that happens outside.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long it may take until a look is worth while.
const MOMENT: Duration = Duration::from_millis(20);
/// What fits into a segment, in bytes: alone, and with a head for joining it.
const SEGMENT_MAX: usize = 140;
const JOINED_MAX: usize = 134;
/// The same in characters of the telephone's own alphabet.
const SEGMENT_CHARS_MAX: usize = 160;
const JOINED_CHARS_MAX: usize = 153;

/// See the module.
pub struct Kannel {
    pub sendsms: String,
    phones: Arc<Phones>,
    write: tokio::sync::Mutex<OwnedWriteHalf>,
    _boxes: [Box_; 2],
    _folder: TempDir,
}

/// One of Kannel's processes; it ends with the test.
struct Box_(Child);

impl Drop for Box_ {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Which one of a message it is, and its bytes.
type Segment = (u8, Vec<u8>);

/// What the telephones show.
#[derive(Default)]
struct Phones {
    shown: Mutex<BTreeMap<String, Vec<Shown>>>,
    segments: Mutex<BTreeMap<(String, u8), Vec<Segment>>>,
    something: Notify,
}

/// A message on a telephone.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// The number that it comes from.
    pub from: String,
    pub text: String,
    /// How many segments it took.
    pub segments: usize,
}

impl Kannel {
    /// Kannel, which posts to this address.
    pub async fn start(hook: &str) -> Self {
        assert!(Path::new("/usr/sbin/bearerbox").exists(), "Kannel is installed: see tests/run");
        let folder = TempDir::with_prefix("hotline-kannel-").expect("a folder");
        let [admin, boxes, centre, sendsms] = free_ports();
        let config = folder.path().join("kannel.conf");
        let hook = hook.replace("http://", &format!("http://kannel:{TOKEN}@"));
        std::fs::write(&config, configuration(folder.path(), admin, boxes, centre, sendsms, &hook))
            .expect("written");
        let bearerbox = start("/usr/sbin/bearerbox", &config);
        let phones = connect(centre).await;
        // The port for smsbox opens a little later than the message centre's.
        drop(connect(boxes).await);
        let smsbox = start("/usr/sbin/smsbox", &config);
        drop(connect(sendsms).await);
        let (read, write) = phones.into_split();
        let phones = Arc::new(Phones::default());
        tokio::spawn(Arc::clone(&phones).listen(BufReader::new(read)));
        Self {
            sendsms: format!("http://127.0.0.1:{sendsms}/cgi-bin/sendsms"),
            phones,
            write: tokio::sync::Mutex::new(write),
            _boxes: [bearerbox, smsbox],
            _folder: folder,
        }
    }

    /// A telephone sends a message, in UCS-2.
    pub async fn writes(&self, number: &str, text: &str) {
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        self.sends(&format!("{number} {HOTLINE} ucs2 {}\n", encoded(&bytes))).await;
    }

    /// The same in the telephone's own alphabet.
    pub async fn writes_plainly(&self, number: &str, text: &str) {
        self.sends(&format!("{number} {HOTLINE} text {text}\n")).await;
    }

    async fn sends(&self, line: &str) {
        self.write.lock().await.write_all(line.as_bytes()).await.expect("Kannel listens");
    }

    /// Everything on a telephone.
    pub fn shown(&self, number: &str) -> Vec<Shown> {
        self.phones.shown.lock().expect("no test panicked").get(number).cloned().unwrap_or_default()
    }

    /// Waits for a moment, or until a telephone shows something.
    async fn moment(&self) {
        tokio::time::timeout(MOMENT, self.phones.something.notified()).await.ok();
    }
}

/// Ports that nobody uses, all different.
fn free_ports() -> [u16; 4] {
    let listeners = [(); 4].map(|()| std::net::TcpListener::bind("127.0.0.1:0").expect("a port"));
    listeners.map(|listener| listener.local_addr().expect("an address").port())
}

/// As in docs/channels/sms.md, with a message centre that is simulated.
fn configuration(folder: &Path, admin: u16, boxes: u16, centre: u16, sendsms: u16, hook: &str) -> String {
    let folder = folder.display();
    format!(
        r#"
group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = admin-of-the-test
smsbox-port = {boxes}
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"
store-type = spool
store-location = "{folder}"
log-file = "{folder}/bearerbox.log"
log-level = 1

group = smsc
smsc = fake
smsc-id = carrier
port = {centre}
connect-allow-ip = "127.0.0.1"
denied-prefix = "{NOWHERE}"

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {sendsms}
sendsms-interface = 127.0.0.1
global-sender = {HOTLINE}
http-request-retry = 8640
http-queue-delay = 1
log-file = "{folder}/smsbox.log"
log-level = 1

group = sendsms-user
username = {USERNAME}
password = {PASSWORD}
user-deny-ip = "*.*.*.*"
user-allow-ip = "127.0.0.1"
concatenation = true
max-messages = 10

group = sms-service
keyword = default
post-url = "{hook}?id=%I"
send-sender = true
max-messages = 0
omit-empty = true
"#
    )
}

/// The kernel ends it with us, if the test is killed.
fn start(program: &str, config: &Path) -> Box_ {
    let mut command = Command::new("setpriv");
    command.arg("--pdeathsig=KILL").arg(program).arg("-v").arg("4").arg(config);
    command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    Box_(command.spawn().expect("it starts"))
}

async fn connect(port: u16) -> TcpStream {
    let begin = Instant::now();
    loop {
        match TcpStream::connect(("127.0.0.1", port)).await {
            Ok(stream) => return stream,
            Err(error) => assert!(begin.elapsed() < PATIENCE, "Kannel does not open port {port}: {error}"),
        }
        tokio::time::sleep(MOMENT).await;
    }
}

impl Phones {
    /// `SENDER RECEIVER text WORDS`, `… ucs-2 BYTES`, `… udh BYTES data BYTES`; bytes are encoded as in addresses.
    async fn listen(self: Arc<Self>, read: BufReader<tokio::net::tcp::OwnedReadHalf>) {
        let mut lines = read.lines();
        while let Ok(Some(line)) = lines.next_line().await {
            let mut words = line.splitn(4, ' ');
            let mut word = || words.next().expect("four words").to_owned();
            let (from, to, kind, rest) = (word(), word(), word(), word());
            match kind.as_str() {
                "text" => {
                    assert!(rest.chars().count() <= SEGMENT_CHARS_MAX, "{rest}");
                    self.show(from, to, rest, 1);
                }
                "ucs-2" => {
                    let bytes = decoded(&rest);
                    assert!(bytes.len() <= SEGMENT_MAX, "{} bytes in a segment", bytes.len());
                    self.show(from, to, utf_16(&bytes), 1);
                }
                "udh" => self.join(from, to, &rest),
                other => panic!("a telephone does not know `{other}`"),
            }
            self.something.notify_waiters();
        }
    }

    fn show(&self, from: String, to: String, text: String, segments: usize) {
        let mut shown = self.shown.lock().expect("no test panicked");
        shown.entry(to).or_default().push(Shown { from, text, segments });
    }

    /// The head of a segment: its length, what it is, then the message's own number, how many there are, which it is.
    fn join(&self, from: String, to: String, rest: &str) {
        let (head, bytes) = rest.split_once(" data ").expect("a head and bytes");
        let (head, bytes) = (decoded(head), decoded(bytes));
        let [5, 0, 3, message, all, which] = head[..] else {
            panic!("a head that telephones know: {head:?}")
        };
        let most = if is_plain(&bytes) { JOINED_CHARS_MAX } else { JOINED_MAX };
        assert!(bytes.len() <= most, "{} bytes in a segment", bytes.len());
        let mut open = self.segments.lock().expect("no test panicked");
        let segments = open.entry((to.clone(), message)).or_default();
        segments.push((which, bytes));
        if segments.len() == usize::from(all) {
            segments.sort_by_key(|(which, _)| *which);
            let whole: Vec<u8> = segments.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
            open.remove(&(to.clone(), message));
            let text =
                if is_plain(&whole) { String::from_utf8(whole).expect("ASCII") } else { utf_16(&whole) };
            self.show(from, to, text, usize::from(all));
        }
    }
}

/// The message centre does not say how a segment is written; nothing that people write in UCS-2 is all ASCII.
fn is_plain(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace())
}

fn utf_16(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    String::from_utf16(&units).expect("UCS-2")
}

fn encoded(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("%{byte:02x}")).collect()
}

/// What stands in an address.
pub fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = text.bytes();
    let digit = |bytes: &mut std::str::Bytes<'_>| {
        char::from(bytes.next().expect("a digit")).to_digit(16).expect("a digit") as u8
    };
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => digit(&mut bytes) * 16 + digit(&mut bytes),
            b'+' => b' ',
            byte => byte,
        });
    }
    decoded
}

/// A hotline with a telephone number; groups and members are on our own pages, but for one member with a plain phone.
pub struct OnSms {
    pub app: TestApp,
    pub kannel: Kannel,
    pub hook: String,
}

/// The member 小陈's telephone.
pub const XIAOCHEN: &str = "13800002222";

impl OnSms {
    pub async fn start(database: Database) -> Self {
        let begun = Self::begin().await;
        begun.open(database).await
    }

    /// Kannel alone; the hotline is opened later.
    pub async fn begin() -> Begun {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        // Nobody answers there until the hotline opens.
        drop(listener);
        let hook = format!("http://{address}/hooks/sms");
        Begun { kannel: Kannel::start(&hook).await, hook, address }
    }

    /// What somebody writes reaches the hotline, and its answer the telephone; the answer.
    pub async fn says(&self, number: &str, text: &str) -> String {
        let before = self.kannel.shown(number).len();
        self.kannel.writes(number, text).await;
        self.until("an answer", || self.kannel.shown(number).len() > before).await;
        self.last(number)
    }

    /// Lets the hotline work until something is so.
    pub async fn until(&self, what: &str, is_so: impl Fn() -> bool) {
        let begin = Instant::now();
        loop {
            self.app.drain().await;
            if is_so() {
                return;
            }
            assert!(begin.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}");
            self.kannel.moment().await;
        }
    }

    /// The last message on a telephone.
    pub fn last(&self, number: &str) -> String {
        self.kannel.shown(number).pop().expect("a message").text
    }

    /// What waits to be understood.
    pub async fn waiting(&self) -> i64 {
        self.app.hotline.store.read().await.expect("a reader").inbox_waiting().await.expect("a count")
    }

    /// Lets a case go on until it is somewhere.
    pub async fn until_stage(
        &self,
        case: hotline::domain::id::CaseNumber,
        stage: hotline::domain::case::Stage,
    ) {
        let begin = Instant::now();
        while self.app.stage(case).await != stage {
            assert!(begin.elapsed() < PATIENCE, "the case does not become {stage:?}");
            self.kannel.moment().await;
            self.app.drain().await;
        }
    }
}

/// Kannel runs, and the hotline does not yet.
pub struct Begun {
    pub kannel: Kannel,
    hook: String,
    address: SocketAddr,
}

impl Begun {
    pub async fn open(self, database: Database) -> OnSms {
        let Self { kannel, hook, address } = self;
        let mut channels = Channels::default();
        channels.add(webchat::NAME, Webchat);
        channels.add(NAME, channel(&kannel.sendsms, PASSWORD));
        let here = r#"channel = "webchat", id = "xiaochen""#;
        let city = CITY.replace(here, &format!(r#"channel = "sms", id = "{XIAOCHEN}""#));
        let app = TestApp::in_city(database, Clock::at(at(START)), channels, &city).await;
        let listener = TcpListener::bind(address).await.expect("the port is still free");
        let web = router(Web::new(app.hotline.clone(), false, None))
            .into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, web).await });
        OnSms { app, kannel, hook }
    }
}

/// The channel, with this password. The tests' clock stands, so all its messages leave within a second.
pub fn channel(sendsms: &str, password: &str) -> Sms {
    Sms::new(Settings {
        url: sendsms.parse().expect("an address"),
        username: USERNAME.into(),
        password: password.into(),
        token: TOKEN.into(),
        from: Some(HOTLINE.into()),
        prefix: String::new(),
        segments: 10,
        per_second: PER_SECOND * 100,
    })
    .expect("settings that can work")
}
