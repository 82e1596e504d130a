//! `ferrocell lab`: JupyterLab with the pair of notebooks side by side.
//!
//! Setting up is [`crate::environment`]'s affair; here are the workspace that shows the pair and the server's life.

mod server;
mod workspace;

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::environment::{self, Environment};
use server::Server;
use workspace::Workspace;

/// Open the pair of notebooks side by side in JupyterLab, setting everything up on first use
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The pair to open, by its name in notebooks/
    #[arg(default_value = "concurrency")]
    pair: String,
    /// Print the address instead of opening a browser
    #[arg(long)]
    no_browser: bool,
    /// The port to listen on; a free one if none is given
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    port: u16,
    /// The address to listen on; other machines can connect to any but a loopback address
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    ip: IpAddr,
    #[command(flatten)]
    environment: environment::Options,
}

/// Runs JupyterLab until it is told to end.
pub(crate) fn lab(args: Args) -> Result<ExitCode> {
    let environment = Environment::of_current_project()?;
    let workspace = Workspace::of_pair(&environment, &args.pair)?;
    let port = free_port(args.ip, args.port)?;
    environment.set_up(&args.environment)?;
    // Whatever program set it up.
    environment.register_kernel()?;
    eprintln!("Starting JupyterLab …");
    workspace.import(&environment)?;
    let options = server::Options {
        ip: args.ip,
        port,
        page: &workspace.page(),
        browser: !args.no_browser,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut server = Server::start(&environment, &options)?;
        println!(
            "JupyterLab is at {}\nCtrl-C ends it and its kernels.",
            server.address().await?
        );
        server.wait().await
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The port asked for if nobody listens on it, or any free one for 0.
fn free_port(ip: IpAddr, port: u16) -> Result<u16> {
    match TcpListener::bind((ip, port)) {
        Ok(listener) => Ok(listener.local_addr()?.port()),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            bail!(
                "port {port} is taken: name another with `--port`, or leave it out to get a free one"
            )
        }
        Err(error) => Err(error).with_context(|| format!("cannot listen on {ip}, port {port}")),
    }
}
