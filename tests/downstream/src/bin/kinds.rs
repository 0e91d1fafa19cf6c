//! Calls operations of kinds that the client's own spec lacks, against the offline service in this program.

use feishu_user_groups::operation::AccessTokenKind;
use feishu_user_groups::simulator::{APP_ID, APP_SECRET, APP_TICKET, Fault, FaultKind, Simulator};
use feishu_user_groups::types::PictureType;
use feishu_user_groups::{AppTicket, Client, Form, Method, Upload, Violation};
use std::error::Error;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let simulator = Simulator::start().await?;
    app_access_tokens(&simulator).await?;
    files(&simulator).await?;
    forms(&simulator).await
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

async fn files(simulator: &Simulator) -> Result<(), Box<dyn Error>> {
    let client = simulator.client()?;
    let icon = client.download_label_icon().label_no(7).send().await?;
    println!("{:?} {:?} {:?}", icon.name, icon.content_type, icon.content);
    let mut icon = client.download_label_icon().label_no(7).size(512).send_stream(1000).await?;
    let begun = icon.try_next().await?;
    println!("{:?} {begun:?} of {:?}", icon.content_type(), icon.size());
    let large = client.download_label_icon().label_no(7).send_stream(3).await.expect_err("more than 3 bytes");
    println!("{:?}", large.kind());
    println!(
        "{}",
        client.download_label_icon().label_no(7).size(513).send().await.expect_err("the maximum of the YAML")
    );
    for kind in [
        FaultKind::CutBody,
        FaultKind::RateLimit { status: 400, reset: Some(0) },
        FaultKind::ExpiredToken { status: 200 },
    ] {
        simulator.add_fault(Fault::new(kind).operation("download_label_icon").times(1))?;
        let icon = client.download_label_icon().label_no(7).send().await?;
        println!("{} bytes after {} attempts", icon.content.len(), icon.attempts());
    }
    Ok(())
}

async fn forms(simulator: &Simulator) -> Result<(), Box<dyn Error>> {
    let client = simulator.client()?;
    let picture = || Upload::new("a.png", "of it").content_type("image/png");
    let upload = || client.upload_label_picture().label_no(7);
    let body = upload().body_map(|body| body.type_(PictureType::Icon).words(["a", "b"]).picture(picture()).size(512).ratio(1.5));
    simulator.add_fault(Fault::new(FaultKind::ExpiredToken { status: 200 }).operation("upload_label_picture").times(1))?;
    println!("uploaded after {} attempts", body.send().await?.attempts());
    let long = upload().body_map(|body| body.type_(PictureType::Icon).words(["more than five"]).size(513));
    println!("{}", long.send().await.expect_err("three rules are broken"));
    // The service checks the same.
    let path = "/open-apis/contact/v3/app_labels/7/pictures";
    let whole = || Form::new().text("type", "icon").text("words", "a");
    let small = whole().file("picture", picture()).text("size", "0");
    for form in [whole().file("picture", picture()), whole().text("picture", "a"), whole(), small] {
        let sent = client.request(Method::POST, path).form(form).send::<()>().await;
        println!("{}", sent.err().map_or("stored".to_owned(), |error| first_violation(&error)));
    }
    let json = client.request(Method::POST, path).json(&"a").send::<()>().await.expect_err("no form");
    println!("{}", first_violation(&json));
    Ok(())
}

fn first_violation(error: &feishu_user_groups::Error) -> String {
    let violation = error.violations().first();
    violation.map(|Violation { field, description, .. }| format!("{field}: {description}")).unwrap_or_default()
}
