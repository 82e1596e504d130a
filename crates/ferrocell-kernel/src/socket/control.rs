//! The control channel: what must reach the kernel whatever it is doing.

use std::sync::Arc;

use crate::exchange::Exchange;
use zmtp_server::Router;

use super::{Common, Lane, Replies};

/// Serves the channel. Requests are taken one after the other, as they came.
pub(crate) async fn serve(mut router: Router, replies: Replies, common: Arc<Common>) {
    while let Some(message) = common.receive(&mut router).await {
        let exchange = Exchange::begin(
            message,
            common.iopub.clone(),
            Lane::Express,
            replies.clone(),
        );
        common.answer(exchange).await;
    }
}
