//! Calls the operation of the obstacle course, whose names and values are hard to write in Rust.

use feishu_user_groups::{Client, Error, types};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let url = std::env::var("FEISHU_BASE_URL").unwrap_or_default();
    let client = Client::builder().base_url(url).tenant_token("t-new").build()?;
    let names = types::ObstacleNames::builder().type_("a").self_(-1).名称("b").check("c").x("d").owners("e");
    let tree = types::ObstacleTree::builder().name("root").check("f").others([types::ObstacleTree::new("leaf", "g")]);
    let call = client
        .run_obstacle_course()
        .sign(types::ObstacleSign::AtLeastToo)
        .level(types::ObstacleLevel::Below)
        .ratio(0.5)
        .is_open(true)
        .word("w")
        .type_("a&b")
        .gen_(7)
        .self_(false)
        .crate_(1.5)
        .r_fn("c")
        .owners("d")
        .名称("名")
        .rules("e")
        .levels([types::ObstacleLevel::Below, types::ObstacleLevel::Highest])
        .x_level(types::ObstacleLevel::Lowest)
        .x_flag(true)
        .body_map(|body| {
            body.names(names.clone())
                .tree(tree.clone())
                .check("h")
                .matrix([vec![0.5], vec![]])
                .signs([types::ObstacleSign::Quoted])
                .free(serde_json::Map::new())
        });
    let refused = call.clone().rules("four").body_map(|body| body.check("longer")).send().await.expect_err("two rules");
    println!("refused: {refused}");
    let data = call.send().await?;
    println!("{:?} {:?} {:?} {:?}", data.sign, data.level, data.numbers, data.names.名称);
    Ok(())
}
