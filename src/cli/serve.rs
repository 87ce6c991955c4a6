//! `hotline serve`: everything, until it is asked to stop; then what is in hand is finished.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use anyhow::Context;
use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::Config;
use crate::engine::import::{CityFile, import};
use crate::engine::{Hotline, lessons, staff, supervise};
use crate::memory;
use crate::store::{CodePurpose, StaffRole};
use crate::understanding::Understander;
use crate::understanding::catalog::{Catalog, Example};
use crate::understanding::second_opinion::{self, Reader};
use crate::web::{Web, router};
use crate::worker;

/// The sample city: the communities that the plan names.
const DEMO_CITY: &str = include_str!("../../demo/city.toml");
/// How often the catalogue's folder is looked at for edits.
const CATALOG_EVERY: Duration = Duration::from_secs(2);
/// How long connections may take to end after the signal to stop.
const STOP_MAX: Duration = Duration::from_secs(10);

/// Run the hotline.
#[derive(Debug, clap::Args)]
pub struct Serve {
    /// A sample city in a database of its own (hotline-demo.db), with logins that are printed.
    #[arg(long)]
    demo: bool,
    /// Address and port, instead of the configured ones.
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
}

impl Serve {
    /// Runs until SIGINT or SIGTERM.
    pub async fn run(self, mut config: Config) -> anyhow::Result<()> {
        if self.demo && config.store.url == Config::default().store.url {
            config.store.url = "sqlite:hotline-demo.db".into();
        }
        let address = self.listen.unwrap_or(config.server.listen);
        let listener = TcpListener::bind(address).await.with_context(|| {
            format!("cannot listen on {address}; is something else using it? Try --listen 127.0.0.1:8081")
        })?;
        // Before the catalogue is read, so that no edit falls between the two.
        let seen = newest(&config.understanding.intents);
        let catalog = super::catalog(&config)?;
        let hotline = super::open(&config, &catalog).await?;
        let address = listener.local_addr()?;
        if self.demo {
            show_city(&hotline, address).await?;
        } else {
            tracing::info!(%address, "the hotline is open");
        }
        run(hotline, &config, listener, Taught { catalog, seen }).await
    }
}

/// A catalogue, and the state of its folder in which it was read.
struct Taught {
    catalog: Catalog,
    seen: Seen,
}

/// When the newest file of a folder was written, and how many there are; `None` where there is no folder.
type Seen = Option<(SystemTime, usize)>;

async fn run(
    hotline: Arc<Hotline>,
    config: &Config,
    listener: TcpListener,
    taught: Taught,
) -> anyhow::Result<()> {
    let stop = CancellationToken::new();
    let tasks = TaskTracker::new();
    worker::start(&hotline, &stop, &tasks);
    let learning = tasks.spawn(keep_learning(Arc::clone(&hotline), config.clone(), taught, stop.clone()));
    tasks.spawn(cancel_on_signal(stop.clone()));
    let metrics = PrometheusBuilder::new().install_recorder().ok();
    let web = Web::new(Arc::clone(&hotline), config.is_secure(), metrics);
    let app = router(web).into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, app).with_graceful_shutdown(stop.clone().cancelled_owned());
    tokio::select! {
        served = serving => served?,
        // Streams of events stay open as long as their pages do; they are not waited for.
        () = long_after(&stop) => {}
    }
    stop.cancel();
    tasks.close();
    tasks.wait().await;
    hotline.store.close().await;
    learning.await??;
    tracing::info!("the hotline is closed");
    Ok(())
}

async fn long_after(stop: &CancellationToken) {
    stop.cancelled().await;
    tokio::time::sleep(STOP_MAX.min(Duration::from_secs(1))).await;
}

async fn cancel_on_signal(stop: CancellationToken) {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        .expect("signals can be waited for");
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
        () = stop.cancelled() => {}
    }
    stop.cancel();
}

/// Learns the catalogue while the doors are open already: what comes in meanwhile waits in the inbox. Then takes every
/// edit of it into use. A hotline that cannot learn at all ends with the reason.
async fn keep_learning(
    hotline: Arc<Hotline>,
    config: Config,
    taught: Taught,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let Taught { catalog, seen } = taught;
    let started = Instant::now();
    let learned = learn(&hotline, move || Ok(catalog)).await;
    if learned.is_err() {
        stop.cancel();
        return learned.context("the catalogue could not be learned");
    }
    tracing::info!(ms = started.elapsed().as_millis(), "the catalogue is learned");
    let study = Study::begin(&hotline, &config).await;
    watch_catalog(&hotline, &config, seen, &stop, study).await;
    Ok(())
}

/// A sentence model that learns beside everything else: the built-in understanding answers meanwhile.
struct Study {
    reader: Reader,
    folder: PathBuf,
    /// Ends the lesson that is going on.
    going_on: CancellationToken,
}

impl Study {
    /// Loads the configured model, if there is one, and begins to learn. Without it the hotline goes on.
    async fn begin(hotline: &Arc<Hotline>, config: &Config) -> Option<Self> {
        let folder = config.sentence_model().ok().flatten()?.to_owned();
        let (from, patience) = (folder.clone(), config.patience());
        let loading = tokio::task::spawn_blocking(move || second_opinion::load(&from, patience)).await;
        match loading.map_err(anyhow::Error::from).flatten() {
            Ok(reader) => {
                let study = Self { reader, folder, going_on: CancellationToken::new() };
                study.learn(hotline, config);
                Some(study)
            }
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "there will be no second opinion");
                None
            }
        }
    }

    /// Learns the catalogue as it is now, and takes it into use when that is done; minutes at the first time.
    fn learn(&self, hotline: &Arc<Hotline>, config: &Config) {
        let (hotline, config) = (Arc::clone(hotline), config.clone());
        let (reader, folder, going_on) = (self.reader.clone(), self.folder.clone(), self.going_on.clone());
        tokio::spawn(async move {
            let started = Instant::now();
            let lesson = async {
                let corrected = corrections(&hotline).await?;
                let learning = tokio::task::spawn_blocking(move || {
                    let catalog = super::catalog(&config)?.with_examples(corrected);
                    reader.learn(&catalog, &folder, || !going_on.is_cancelled())
                });
                learning.await?
            };
            match lesson.await {
                Ok(second) => {
                    hotline.hear_second_opinion(&second);
                    let s = started.elapsed().as_secs();
                    tracing::info!(s, "the sentence model has learned the catalogue");
                }
                Err(error) => {
                    tracing::warn!(error = format!("{error:#}"), "there is no second opinion for now");
                }
            }
        });
    }

    /// Begins anew, with an edited catalogue.
    fn learn_anew(&mut self, hotline: &Arc<Hotline>, config: &Config) {
        self.going_on.cancel();
        self.going_on = CancellationToken::new();
        self.learn(hotline, config);
    }
}

impl Drop for Study {
    fn drop(&mut self) {
        self.going_on.cancel();
    }
}

/// Takes a catalogue into use: both reading and learning are work for a thread of their own.
async fn learn(
    hotline: &Hotline,
    read: impl FnOnce() -> anyhow::Result<Catalog> + Send + 'static,
) -> anyhow::Result<()> {
    let corrected = corrections(hotline).await?;
    let learning = tokio::task::spawn_blocking(|| {
        let catalog = read()?.with_examples(corrected);
        let understander = Understander::train(&catalog);
        anyhow::Ok((catalog, understander))
    });
    let (catalog, understander) = learning.await??;
    hotline.rethink(&catalog, &understander);
    drop((catalog, understander));
    memory::give_back();
    Ok(())
}

/// What staff have corrected, where that is learned.
async fn corrections(hotline: &Hotline) -> anyhow::Result<Vec<Example>> {
    match hotline.learns_from_corrections {
        true => Ok(lessons::lessons(hotline).await?),
        false => Ok(Vec::new()),
    }
}

/// Takes an edited catalogue into use; one that is not right is refused, and the old one stays.
async fn watch_catalog(
    hotline: &Arc<Hotline>,
    config: &Config,
    mut seen: Seen,
    stop: &CancellationToken,
    mut study: Option<Study>,
) {
    while stop.run_until_cancelled(tokio::time::sleep(CATALOG_EVERY)).await.is_some() {
        let now = newest(&config.understanding.intents);
        if now == seen {
            continue;
        }
        seen = now;
        let from = config.clone();
        match learn(hotline, move || super::catalog(&from)).await {
            Ok(()) => {
                tracing::info!("the edited catalogue is in use");
                if let Some(study) = &mut study {
                    study.learn_anew(hotline, config);
                }
            }
            Err(error) => {
                tracing::error!("the edited catalogue is not right, the old one stays in use:\n{error:#}")
            }
        }
    }
}

fn newest(folder: &Path) -> Seen {
    let files = std::fs::read_dir(folder).ok()?;
    let times: Vec<SystemTime> =
        files.filter_map(|file| file.ok()?.metadata().ok()?.modified().ok()).collect();
    Some((*times.iter().max()?, times.len()))
}

/// Reads the sample city and prints where everything is.
async fn show_city(hotline: &Arc<Hotline>, address: SocketAddr) -> anyhow::Result<()> {
    let city = CityFile::parse(DEMO_CITY)?;
    city.check(&hotline.city(), &hotline.services(), &hotline.channels)?;
    import(hotline, &city).await?;
    staff::add(hotline, "demo", StaffRole::Admin, DEMO_PASSWORD).await?;
    let mut codes = Vec::new();
    for team in DEMO_TEAMS {
        for purpose in [CodePurpose::Lead, CodePurpose::Join, CodePurpose::Join] {
            let (code, _) = supervise::make_code(hotline, "demo", purpose, &team.into()).await?;
            codes.push((team, purpose, code));
        }
    }
    println!("近邻热线 · the near-neighbor hotline, with a sample city\n");
    println!("  Resident   http://{address}/           try: 我是莲花北社区的,家里水龙头漏水,能找人来修吗");
    println!("  Team       http://{address}/group      enter with a code (each works once, for 7 days):");
    for (team, purpose, code) in codes {
        let name = hotline.city().teams.get(team).map(|team| team.name.clone()).unwrap_or_default();
        let role = if purpose == CodePurpose::Lead { "leader" } else { "member" };
        println!("               {code}  {role} of {name}");
    }
    println!("  Staff      http://{address}/staff      name: demo   password: {DEMO_PASSWORD}\n");
    println!("Stop with Ctrl-C. The database is hotline-demo.db; delete it to start afresh.");
    Ok(())
}

/// The password of the demo's one account; it exists only in the demo's database.
const DEMO_PASSWORD: &str = "near-neighbor";
/// Teams for which the demo prints codes: a repair team, a volunteer team, a community's duty team.
const DEMO_TEAMS: [&str; 3] = ["lianhuabei-baishibang", "zhenhai-linli", "lianhuabei-duty"];
