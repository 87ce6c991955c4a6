//! One of the staff, in front of the staff pages, over real HTTP.

use std::net::SocketAddr;

use hotline::engine::staff;
use hotline::store::StaffRole;
use hotline::web::{Web, router};

use super::TestApp;

/// Opens the doors of a hotline: where its pages are.
pub async fn open_doors(app: &TestApp) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let site = format!("http://{}", listener.local_addr().expect("an address"));
    let web = router(Web::new(app.hotline.clone(), false, None));
    let web = web.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, web).await });
    site
}

/// See the module.
pub struct Staff {
    client: reqwest::Client,
    site: String,
    cookie: String,
}

impl Staff {
    /// An account, logged in.
    pub async fn log_in(app: &TestApp, site: &str) -> Self {
        staff::add(&app.hotline, "chen", StaffRole::Admin, "a-long-password").await.expect("an account");
        let client =
            reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        let site = site.to_owned();
        let entry = [("name", "chen"), ("password", "a-long-password")];
        let answer = client
            .post(format!("{site}/staff/login"))
            .header("origin", &site)
            .form(&entry)
            .send()
            .await
            .expect("an answer");
        let cookie = answer.headers()["set-cookie"]
            .to_str()
            .expect("text")
            .split(';')
            .next()
            .expect("a cookie")
            .to_owned();
        Self { client, site, cookie }
    }

    /// What an address of the staff pages shows: its kind and its bytes.
    pub async fn opens(&self, path: &str) -> (String, Vec<u8>) {
        let answer = self.client.get(format!("{}{path}", self.site)).header("cookie", &self.cookie).send();
        let answer = answer.await.expect("an answer").error_for_status().expect("a page");
        let kind = answer.headers()["content-type"].to_str().expect("text").to_owned();
        (kind, answer.bytes().await.expect("bytes").to_vec())
    }

    /// Makes a code for the repair team; Telegram's link with it.
    pub async fn makes_code(&self, purpose: &str) -> String {
        let address = format!("{}/staff/codes", self.site);
        let page = self
            .client
            .get(&address)
            .header("cookie", &self.cookie)
            .send()
            .await
            .expect("a page")
            .text()
            .await
            .expect("text");
        let csrf = between(&page, "name=\"csrf\" value=\"", "\"");
        let form = [("csrf", csrf.as_str()), ("team", "repair"), ("purpose", purpose)];
        let made = self
            .client
            .post(&address)
            .header("cookie", &self.cookie)
            .header("origin", &self.site)
            .form(&form)
            .send()
            .await
            .expect("a page");
        between(&made.text().await.expect("text"), "<a href=\"https://t.me", "\"").replacen(
            "/",
            "https://t.me/",
            1,
        )
    }
}

/// What stands between two marks of a page.
pub fn between(page: &str, before: &str, after: &str) -> String {
    let (_, rest) = page.split_once(before).unwrap_or_else(|| panic!("{before} is not in {page}"));
    rest.split_once(after).expect("it ends").0.to_owned()
}
