//! A server that responds at once, always the same: what is measured is the client.
//!
//! One thread per connection and no HTTP library: the server's own cost must neither vary
//! nor matter. Responses have the shapes of the service's reference, with the sizes that its
//! limits allow.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Barrier};
use std::thread;

pub const GROUPS_ON_A_PAGE: usize = 100;
pub const MEMBERS: usize = 10_000;
/// As many members as a page and a batch may have.
pub const BATCH: usize = 100;

/// What the server says, made once.
pub struct Canned {
    created: String,
    found: String,
    groups: String,
    written: String,
    members: String,
    added: String,
    /// Of a listing.
    pages: usize,
    /// Where calls wait for one another, so that so many are in progress together.
    together: Option<Barrier>,
}

impl Canned {
    /// Listings have so many pages, and each call is responded when so many others wait with it.
    pub fn new(pages: usize, together: usize) -> Self {
        let groups = (0..GROUPS_ON_A_PAGE).map(group).collect::<Vec<_>>().join(",");
        let written = (0..MEMBERS).map(|number| format!("\"{}\"", super::work::member_id(number))).collect::<Vec<_>>();
        let members = (0..BATCH).map(member).collect::<Vec<_>>().join(",");
        let added = (0..BATCH).map(added).collect::<Vec<_>>().join(",");
        Self {
            members: format!(
                r#"{{"code":0,"msg":"success","data":{{"memberlist":[{members}],"page_token":"page-1","has_more":true}}}}"#
            ),
            added: format!(r#"{{"code":0,"msg":"success","data":{{"results":[{added}]}}}}"#),
            created: r#"{"code":0,"msg":"success","data":{"group_id":"g193821"}}"#.to_owned(),
            found: format!(r#"{{"code":0,"msg":"success","data":{{"group":{}}}}}"#, group(0)),
            groups,
            written: format!(
                r#"{{"code":0,"msg":"success","data":{{"data":{{"success_user_ids":[{}],"fail_user_datas":[]}}}}}}"#,
                written.join(",")
            ),
            pages,
            together: (together > 1).then(|| Barrier::new(together)),
        }
    }

    /// Serves for as long as the process lives; responses where.
    pub fn serve(self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let canned = Arc::new(self);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let canned = Arc::clone(&canned);
                let small = thread::Builder::new().stack_size(128 * 1024);
                // A client that hangs up ends its thread, and nothing else.
                small.spawn(move || canned.converse(&stream.unwrap())).unwrap();
            }
        });
        url
    }

    fn converse(&self, stream: &TcpStream) -> Option<()> {
        stream.set_nodelay(true).ok()?;
        let mut reader = BufReader::with_capacity(64 * 1024, stream);
        let (mut line, mut body) = (String::new(), Vec::new());
        loop {
            line.clear();
            reader.read_line(&mut line).ok().filter(|bytes| *bytes > 0)?;
            let target = line.split(' ').nth(1)?.to_owned();
            let mut length = 0;
            loop {
                line.clear();
                reader.read_line(&mut line).ok().filter(|bytes| *bytes > 0)?;
                match line.trim_end().split_once(": ") {
                    Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                        length = value.parse().ok()?
                    }
                    Some(_) => {}
                    None => break,
                }
            }
            body.resize(length, 0);
            reader.read_exact(&mut body).ok()?;
            let response = self.response(&target);
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=utf-8\r\nx-tt-logid: 20261124103015\
                 4F0A8C6E2B1D9357A4\r\ncontent-length: {}\r\n\r\n",
                response.iter().map(|part| part.len()).sum::<usize>()
            );
            let whole = [head.as_bytes()].into_iter().chain(response.iter().map(|part| part.as_bytes()));
            (&*stream).write_all(&whole.collect::<Vec<_>>().concat()).ok()?;
        }
    }

    fn response(&self, target: &str) -> Vec<String> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        if path.ends_with("/tenant_access_token/internal") {
            let token = "t-g1044qeGEDXTB6NDJOGV4JQCYDGHRBARFTGT1234";
            return vec![format!(r#"{{"code":0,"msg":"ok","tenant_access_token":"{token}","expire":7200}}"#)];
        }
        if let Some(together) = &self.together {
            together.wait();
        }
        match path.rsplit('/').next().unwrap_or_default() {
            "group" => vec![self.created.clone()],
            "simplelist" if path.contains("/member/") => vec![self.members.clone()],
            "batch_add" => vec![self.added.clone()],
            "simplelist" => {
                let token = query.split('&').find_map(|pair| pair.strip_prefix("page_token="));
                let page = token.map_or(0, |token| token.trim_start_matches("page-").parse::<usize>().unwrap()) + 1;
                let end = format!(r#"],"page_token":"page-{page}","has_more":{}}}}}"#, page < self.pages);
                vec![r#"{"code":0,"msg":"success","data":{"grouplist":["#.to_owned(), self.groups.clone(), end]
            }
            "write" => vec![self.written.clone()],
            _ => vec![self.found.clone()],
        }
    }
}

/// A member as the service lists it.
fn member(number: usize) -> String {
    let id = super::work::member_id(number);
    format!(r#"{{"member_id":"{id}","member_type":"user","member_id_type":"open_id"}}"#)
}

/// The result of an addition.
fn added(number: usize) -> String {
    format!(r#"{{"member_id":"{}","code":0}}"#, super::work::member_id(number))
}

/// A group as the service lists it.
fn group(number: usize) -> String {
    format!(
        r#"{{"id":"g{number:06}","name":"IT 外包组 {number}","description":"IT 外包组，需要对该组人群进行细颗粒度权限管控。","member_user_count":{number},"member_department_count":0,"type":1,"department_scope_list":["od-4e6ac4d14bcd5071a37a39de902c7141"],"group_id":"4ba51ab38648{number:04x}"}}"#
    )
}
