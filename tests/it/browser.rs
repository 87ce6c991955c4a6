//! The whole way of one case in a real browser: a resident asks, a member accepts in the group's page and marks
//! it done, the resident answers the survey, staff see the closed case with its history. Pictures of each page
//! are left in the folder that `HOTLINE_SHOTS` names, if it names one.

use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::{Client, ClientBuilder, Locator};
use hotline::clock::Clock;
use hotline::domain::id::CaseNumber;
use hotline::engine::import::{CityFile, import};
use hotline::engine::{staff, supervise};
use hotline::store::{CodePurpose, StaffRole};
use hotline::web::{Web, router};
use hotline::worker;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::harness::{self, Database};

/// How long a page may take to show something.
const PATIENCE: Duration = Duration::from_secs(20);
const PASSWORD: &str = "a-long-password";

struct Driver {
    process: Child,
    port: u16,
}

impl Driver {
    async fn start() -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .expect("a port")
            .local_addr()
            .expect("an address")
            .port();
        let process = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let driver = Self { process: process.expect("chromedriver is installed: see tests/run"), port };
        for _ in 0..200 {
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return driver;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("chromedriver does not start");
    }

    /// A browser of somebody's own: no cookie is shared.
    async fn browser(&self, width: u32, height: u32) -> Client {
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--lang=zh-CN",
        ];
        let mut arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        arguments.push(format!("--window-size={width},{height}"));
        let options = json!({ "binary": "/usr/bin/chromium", "args": arguments, "prefs": { "intl.accept_languages": "zh-CN" } });
        let capabilities = json!({ "goog:chromeOptions": options });
        let capabilities = capabilities.as_object().expect("an object").clone();
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities);
        builder.connect(&format!("http://127.0.0.1:{}", self.port)).await.expect("a browser")
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

async fn shot(page: &Client, name: &str) {
    let Ok(folder) = std::env::var("HOTLINE_SHOTS") else { return };
    let picture = page.screenshot().await.expect("a picture");
    std::fs::write(std::path::Path::new(&folder).join(format!("{name}.png")), picture).expect("written");
}

async fn see(page: &Client, selector: &str) -> fantoccini::elements::Element {
    let found = page.wait().at_most(PATIENCE).for_element(Locator::Css(selector)).await;
    match found {
        Ok(element) => element,
        Err(error) => {
            panic!("{selector} is not on the page: {error}\n{}", page.source().await.unwrap_or_default())
        }
    }
}

async fn tap(page: &Client, selector: &str) {
    see(page, selector).await;
    // As a finger would: wherever the page has scrolled to.
    let script = "document.querySelector(arguments[0]).click()";
    page.execute(script, vec![json!(selector)]).await.expect("tapped");
}

async fn write(page: &Client, field: &str, words: &str) {
    let field = see(page, field).await;
    field.send_keys(words).await.expect("typed");
}

#[test]
fn the_whole_way_of_one_case() {
    harness::run(async {
        let database = Database::sqlite();
        let hotline = harness::open(database.url(), Clock::System, harness::webchat_only(), None).await;
        // On the real clock, which may stand in the quiet hours.
        let city = harness::CITY.replace("mon-fri 08:00-18:00", "always");
        let city = city.replace("[[team]]\n", "[[team]]\nquiet = \"none\"\n");
        import(&hotline, &CityFile::parse(&city).expect("a city")).await.expect("imported");
        staff::add(&hotline, "duty", StaffRole::Officer, PASSWORD).await.expect("an account");
        let (code, _) = supervise::make_code(&hotline, "duty", CodePurpose::Join, &"repair".into())
            .await
            .expect("a code");
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        worker::start(&hotline, &stop, &tasks);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let home = format!("http://{}", listener.local_addr().expect("an address"));
        let app = router(Web::new(hotline.clone(), false, None))
            .into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, app).await });

        let driver = Driver::start().await;
        let case = CaseNumber(1);
        let resident = driver.browser(390, 844).await;
        resident.goto(&home).await.expect("the chat opens");
        write(&resident, "#composer-text", "我是莲花北社区的,厨房水龙头坏了一直漏水,能不能找个师傅来修")
            .await;
        tap(&resident, ".composer-send").await;
        see(&resident, ".message-hotline").await;
        shot(&resident, "resident").await;

        let member = driver.browser(390, 844).await;
        member.goto(&format!("{home}/group")).await.expect("the door opens");
        write(&member, "#code", &code.to_string()).await;
        write(&member, "#name", "小吴").await;
        shot(&member, "door").await;
        tap(&member, ".sheet .button-main").await;
        member.wait().at_most(PATIENCE).for_url(&format!("{home}/group").parse().expect("a URL")).await.ok();
        member.goto(&format!("{home}/group/repair")).await.expect("the group opens");
        shot(&member, "group").await;
        tap(&member, &format!("[data-choice='accept:{case}']")).await;
        tap(&member, &format!("[data-choice='done:{case}']")).await;
        shot(&member, "group-done").await;

        tap(&resident, &format!("[data-choice='solved:{case}:yes']")).await;
        tap(&resident, &format!("[data-choice='stars:{case}:5']")).await;
        let mut closed = false;
        for _ in 0..100 {
            let mut tx = hotline.store.read().await.expect("a reader");
            closed = tx.case(case).await.expect("a case").is_some_and(|case| case.is_closed());
            if closed {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(closed, "the resident's answers close the case");
        shot(&resident, "survey").await;

        let officer = driver.browser(1280, 900).await;
        officer.goto(&format!("{home}/staff")).await.expect("the login opens");
        write(&officer, "#name", "duty").await;
        write(&officer, "#password", PASSWORD).await;
        shot(&officer, "login").await;
        tap(&officer, "form .button-main").await;
        see(&officer, "nav").await;
        shot(&officer, "cases").await;
        officer.goto(&format!("{home}/staff/cases/{case}")).await.expect("the case opens");
        let page = see(&officer, ".timeline").await.text().await.expect("a timeline");
        assert!(page.contains("小吴"), "the history names who did it: {page}");
        shot(&officer, "case").await;
        tap(&officer, "nav a[href='/staff/accuracy']").await;
        let page = see(&officer, ".figures").await.text().await.expect("figures");
        assert!(page.contains("100%"), "one case was opened this week, and nobody corrected it: {page}");
        shot(&officer, "accuracy").await;

        for browser in [resident, member, officer] {
            browser.close().await.ok();
        }
        stop.cancel();
    });
}
