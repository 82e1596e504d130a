//! The control channel: what must reach the kernel whatever it is doing.

use std::sync::Arc;

use crate::exchange::Exchange;
use zmtp_server::Router;

use super::{KernelRequests, Lane, Replies};

/// Serves the channel. Requests are taken one after the other, as they came.
pub(crate) async fn serve(
    mut router: Router,
    replies: Replies,
    kernel_requests: Arc<KernelRequests>,
) {
    while let Some(message) = kernel_requests.receive(&mut router).await {
        let exchange = Exchange::begin(
            message,
            kernel_requests.iopub.clone(),
            Lane::Express,
            replies.clone(),
        );
        kernel_requests.answer(exchange).await;
    }
}
