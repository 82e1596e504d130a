//! The heartbeat channel: what comes in goes back, octet by octet.

use zmtp_server::Router;

/// Echoes for ever. Specification: "Heartbeat for kernels".
pub(crate) async fn serve(mut router: Router) {
    let routes = router.routes();
    while let Some(frames) = router.receive().await {
        routes.send(&frames).await;
    }
}
