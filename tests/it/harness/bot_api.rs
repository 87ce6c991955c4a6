//! The Bot API's own description, reduced to what the hotline calls and is sent, and a strict reader of it: every field
//! that is sent must be known, of its type and within its limits, and none that is required may be missing.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize)]
pub struct Description {
    methods: BTreeMap<String, Fields>,
    types: BTreeMap<String, Fields>,
}

type Fields = BTreeMap<String, Field>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Field {
    types: Vec<String>,
    #[serde(default)]
    required: bool,
    /// Least, most, and whether characters (UTF-16 units) or bytes.
    #[serde(default)]
    length: Option<(usize, usize, String)>,
    #[serde(default)]
    range: Option<(i64, i64)>,
}

/// `tests/data/telegram-bot-api.json`
pub fn description() -> &'static Description {
    static READ: OnceLock<Description> = OnceLock::new();
    READ.get_or_init(|| {
        serde_json::from_str(include_str!("../../data/telegram-bot-api.json"))
            .expect("the description is right")
    })
}

impl Description {
    /// The method's name as documented: Telegram does not care about large and small letters.
    pub fn method(&self, called: &str) -> Option<&str> {
        self.methods.keys().find(|name| name.eq_ignore_ascii_case(called)).map(String::as_str)
    }

    /// What is wrong with a call.
    pub fn check_call(&self, method: &str, body: &Map<String, Value>) -> Result<(), String> {
        self.check_fields(method, &self.methods[method], body)
    }

    /// What is wrong with an object that Telegram would send.
    pub fn check_object(&self, name: &str, value: &Value) -> Result<(), String> {
        let fields = self.types.get(name).ok_or_else(|| format!("{name} is not described"))?;
        self.check_fields(
            name,
            fields,
            value.as_object().ok_or_else(|| format!("{name} is no object: {value}"))?,
        )
    }

    fn check_fields(&self, at: &str, fields: &Fields, given: &Map<String, Value>) -> Result<(), String> {
        for (name, field) in fields {
            if field.required && !given.contains_key(name) {
                return Err(format!("{at}.{name} is required"));
            }
        }
        for (name, value) in given {
            let field = fields.get(name).ok_or_else(|| format!("{at}.{name} does not exist"))?;
            self.check_field(&format!("{at}.{name}"), field, value)?;
        }
        Ok(())
    }

    fn check_field(&self, at: &str, field: &Field, value: &Value) -> Result<(), String> {
        let tried: Vec<_> = field.types.iter().map(|kind| self.check_type(at, kind, value)).collect();
        if tried.iter().all(Result::is_err) {
            return tried.into_iter().find(Result::is_err).unwrap_or(Ok(()));
        }
        if let (Some((least, most, unit)), Some(text)) = (&field.length, value.as_str()) {
            let length = if unit == "bytes" { text.len() } else { text.encode_utf16().count() };
            // Marks in a text do not count; whoever reads them checks again.
            if !(*least..=*most).contains(&length) && !at.ends_with(".text") {
                return Err(format!("{at} has {length} {unit}, not {least} to {most}"));
            }
        }
        match (field.range, value.as_i64()) {
            (Some((least, most)), Some(value)) if !(least..=most).contains(&value) => {
                Err(format!("{at} is {value}, not {least} to {most}"))
            }
            _ => Ok(()),
        }
    }

    fn check_type(&self, at: &str, kind: &str, value: &Value) -> Result<(), String> {
        if let Some(item) = kind.strip_prefix("Array of ") {
            let items = value.as_array().ok_or_else(|| format!("{at} is no array: {value}"))?;
            return items
                .iter()
                .enumerate()
                .try_for_each(|(n, one)| self.check_type(&format!("{at}[{n}]"), item, one));
        }
        let right = match kind {
            "Integer" => value.is_i64() || value.is_u64(),
            "Float" => value.is_number(),
            "String" => value.is_string(),
            "Boolean" => value.is_boolean(),
            "ChatMember" => return self.check_member(at, value),
            "MaybeInaccessibleMessage" => {
                return self.check_object("Message", value).map_err(|why| format!("{at}: {why}"));
            }
            kind if self.types.contains_key(kind) => {
                return self.check_object(kind, value).map_err(|why| format!("{at}: {why}"));
            }
            // Kinds that the hotline neither sends nor reads.
            _ => value.is_object(),
        };
        right.then_some(()).ok_or_else(|| format!("{at} is no {kind}: {value}"))
    }

    fn check_member(&self, at: &str, value: &Value) -> Result<(), String> {
        let kind = match value["status"].as_str().unwrap_or_default() {
            "creator" => "ChatMemberOwner",
            "administrator" => "ChatMemberAdministrator",
            "member" => "ChatMemberMember",
            "restricted" => "ChatMemberRestricted",
            "left" => "ChatMemberLeft",
            "kicked" => "ChatMemberBanned",
            other => return Err(format!("{at}: there is no status {other}")),
        };
        self.check_object(kind, value)
    }
}

/// The text that people see of Telegram's HTML, if it is right: known marks, closed in order, and no other `<` and `&`.
pub fn visible(html: &str) -> Result<String, String> {
    let (mut seen, mut open, mut rest) = (String::new(), Vec::new(), html);
    while let Some(next) = rest.chars().next() {
        let used = match next {
            '<' => {
                let end = rest.find('>').ok_or("a tag does not end")?;
                read_tag(&rest[1..end], &mut open)?;
                end + 1
            }
            '&' => {
                let end = rest.find(';').ok_or("an entity does not end")?;
                seen.push(match &rest[..=end] {
                    "&lt;" => '<',
                    "&gt;" => '>',
                    "&amp;" => '&',
                    "&quot;" => '"',
                    other => return Err(format!("{other} is no entity")),
                });
                end + 1
            }
            '>' => return Err("a > that was not escaped".into()),
            plain => {
                seen.push(plain);
                plain.len_utf8()
            }
        };
        rest = &rest[used..];
    }
    open.pop().map_or(Ok(seen), |tag| Err(format!("<{tag}> is not closed")))
}

fn read_tag<'t>(tag: &'t str, open: &mut Vec<&'t str>) -> Result<(), String> {
    match tag.strip_prefix('/') {
        Some(closed) if open.pop() == Some(closed) => Ok(()),
        Some(closed) => Err(format!("</{closed}> closes nothing")),
        None if ["b", "i", "u", "s", "code", "pre"].contains(&tag) => {
            open.push(tag);
            Ok(())
        }
        None => Err(format!("<{tag}> is not supported")),
    }
}
