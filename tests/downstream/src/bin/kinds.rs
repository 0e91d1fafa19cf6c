//! Calls operations of kinds that the client's own spec lacks, against the offline service in this program.

use feishu_user_groups::operation::AccessTokenKind;
use feishu_user_groups::simulator::{APP_ID, APP_SECRET, APP_TICKET, Simulator};
use feishu_user_groups::{AppTicket, Client, Method};
use std::error::Error;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let simulator = Simulator::start().await?;
    app_access_tokens(&simulator).await
}

async fn app_access_tokens(simulator: &Simulator) -> Result<(), Box<dyn Error>> {
    let custom = simulator.client()?;
    let builder = Client::builder().base_url(simulator.url());
    let store = builder.store_app(APP_ID, APP_SECRET, AppTicket::new(APP_TICKET)).build()?;
    for client in [&custom, &store, &store.for_tenant("one")?] {
        println!("listed after {} attempts", client.list_app_labels().send().await?.attempts());
        simulator.expire_tokens();
        println!("listed after {} attempts", client.list_app_labels().send().await?.attempts());
    }
    let user = custom.with_user_token("u-simulator").list_app_labels().send().await.expect_err("another kind");
    println!("{user}");
    // The service checks the kind, too. A custom app's token in its tenant is its own one; a store app's is not.
    for client in [&custom, &store.for_tenant("one")?] {
        let request = client.request(Method::GET, "/open-apis/contact/v3/app_labels");
        let sent = request.access_token(AccessTokenKind::Tenant).send::<()>().await;
        println!("tenant's token: {:?}", sent.err().and_then(|error| error.code()));
    }
    Ok(())
}
