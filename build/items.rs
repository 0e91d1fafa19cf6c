//! The generator's code, item by item.
//!
//! Parsed at once, the tokens of the client, the parser's copy of them and the tree would be in memory together. So the
//! tokens are split into items, and those of an item are dropped before the next one is parsed. What no pass needs is not
//! parsed at all, and is most of the code: types that passes replace or drop, and the bodies of functions that they write
//! anew.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use std::iter::Peekable;
use syn::Item;

/// The modules of builders, by their paths. Passes write every function there anew; one that they left out would return
/// nothing, and not compile.
const BUILDERS: [&str; 2] = ["builder", "types::builder"];

/// The one function of builders whose body stays.
const KEPT: &str = "body_map";

/// Whether the type of a name is dropped in the module at a path; the path comes first.
type IsDropped<'a> = &'a dyn Fn(&str, &str) -> bool;

/// Parses the items of a file, without those of types that `is_dropped` names.
pub fn parse(tokens: TokenStream, is_dropped: IsDropped) -> syn::Result<Parsed> {
    let mut parser = Parser { is_dropped, dropped: Dropped::new() };
    let items = parser.items(tokens, "")?;
    Ok(Parsed { items, dropped: parser.dropped })
}

/// By the path of a module, the types that were dropped there.
pub type Dropped = BTreeMap<String, BTreeSet<String>>;

pub struct Parsed {
    pub items: Vec<Item>,
    pub dropped: Dropped,
}

struct Parser<'a> {
    is_dropped: IsDropped<'a>,
    dropped: Dropped,
}

impl Parser<'_> {
    fn items(&mut self, tokens: TokenStream, path: &str) -> syn::Result<Vec<Item>> {
        let (mut items, mut dropped) = (Vec::new(), BTreeSet::new());
        for tokens in split(tokens) {
            match subject(&tokens).filter(|name| (self.is_dropped)(path, name)) {
                Some(name) => drop(dropped.insert(name)),
                None => items.push(self.item(tokens, path)?),
            }
        }
        self.dropped.insert(path.to_owned(), dropped);
        Ok(items)
    }

    /// Parses an item of the module at a path.
    fn item(&mut self, mut tokens: Vec<TokenTree>, path: &str) -> syn::Result<Item> {
        let has = |word: &str| tokens.iter().any(|token| matches!(token, TokenTree::Ident(name) if name == word));
        let (is_module, is_of_builder) = (has("mod"), BUILDERS.contains(&path) && has("impl"));
        match tokens.pop() {
            Some(TokenTree::Group(block)) if is_module => {
                let (block, inside) = taken(block);
                tokens.push(block);
                let mut module: syn::ItemMod = syn::parse2(tokens.into_iter().collect())?;
                let name = module.ident.to_string();
                if let Some((_, items)) = &mut module.content {
                    *items = self.items(inside, &if path.is_empty() { name } else { format!("{path}::{name}") })?;
                }
                Ok(Item::Mod(module))
            }
            Some(TokenTree::Group(block)) if is_of_builder => {
                let functions = Group::new(Delimiter::Brace, without_bodies(taken(block).1));
                syn::parse2(tokens.into_iter().chain([functions.into()]).collect())
            }
            last => syn::parse2(tokens.into_iter().chain(last).collect()),
        }
    }
}

/// The name of the type that an item defines, or implements something for: the last word before its block, outside of
/// generic arguments.
fn subject(item: &[TokenTree]) -> Option<String> {
    let mut depth = 0;
    let words = item.iter().filter_map(|token| {
        match token {
            TokenTree::Punct(mark) if mark.as_char() == '<' => depth += 1,
            TokenTree::Punct(mark) if mark.as_char() == '>' => depth -= 1,
            TokenTree::Ident(word) if depth == 0 => return Some(word),
            _ => {}
        }
        None
    });
    let words: Vec<_> = words.collect();
    let defined = words.iter().skip_while(|word| **word != "struct" && **word != "enum").nth(1);
    let implements = words.iter().any(|word| *word == "impl");
    defined.or_else(|| words.last().filter(|_| implements)).map(ToString::to_string)
}

/// Splits tokens into items. An item ends with `;`, or with a block that no `;` follows.
fn split(tokens: TokenStream) -> impl Iterator<Item = Vec<TokenTree>> {
    let mut tokens = tokens.into_iter().peekable();
    std::iter::from_fn(move || {
        let mut item = Vec::new();
        while let Some(token) = tokens.next() {
            let is_last = ends_item(&token, &mut tokens);
            item.push(token);
            if is_last {
                break;
            }
        }
        (!item.is_empty()).then_some(item)
    })
}

fn ends_item(token: &TokenTree, rest: &mut Peekable<impl Iterator<Item = TokenTree>>) -> bool {
    let is_semicolon = |token: &TokenTree| matches!(token, TokenTree::Punct(mark) if mark.as_char() == ';');
    match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace && !rest.peek().is_some_and(is_semicolon),
        token => is_semicolon(token),
    }
}

/// A block without its tokens, and these. While the block has them too, they are not freed one by one.
fn taken(block: Group) -> (TokenTree, TokenStream) {
    (Group::new(block.delimiter(), TokenStream::new()).into(), block.stream())
}

/// The functions of an `impl`, each with an empty body.
fn without_bodies(functions: TokenStream) -> TokenStream {
    let (mut is_name, mut is_kept) = (false, false);
    let empty = |token: TokenTree| {
        if let TokenTree::Ident(word) = &token {
            if is_name {
                is_kept = word == KEPT;
            }
            is_name = word == "fn";
        }
        match token {
            TokenTree::Group(body) if body.delimiter() == Delimiter::Brace && !is_kept => taken(body).0,
            other => other,
        }
    };
    functions.into_iter().map(empty).collect()
}
