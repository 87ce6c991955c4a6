//! The XML in which Tencent's platforms deliver: one element with fields, some with fields inside. Every field is text,
//! and may be missing or empty. Document types, entities of one's own and whatever nests without end are refused.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};

use crate::channels::Rejected;

/// How deep elements may nest; the platforms' own nest four deep.
const DEPTH_MAX: usize = 8;
/// How many fields are kept.
const FIELDS_MAX: usize = 128;

/// The fields of a message by their path below the root: `Content`, `SendLocationInfo/Label`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(BTreeMap<String, String>);

/// Where the reading is.
#[derive(Default)]
struct Place<'x> {
    path: Vec<&'x str>,
    text: String,
    rooted: bool,
}

impl Fields {
    /// Reads a message; of a field that is there twice, the first counts.
    pub fn parse(xml: &str) -> Result<Self, Rejected> {
        let mut reader = Reader::from_str(xml);
        let mut fields = Self::default();
        let mut place = Place::default();
        loop {
            match reader.read_event().map_err(|error| malformed(&error.to_string()))? {
                Event::Start(tag) => place.enter(name_of(xml, tag.name().as_ref())?)?,
                Event::End(_) => fields.keep(&mut place)?,
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) => {}
                Event::Text(text) => place.text.push_str(&text.xml10_content()),
                Event::CData(text) => place.text.push_str(&text.xml10_content()),
                Event::GeneralRef(entity) => place.text.push(resolve(&entity)?),
                Event::DocType(_) | Event::PI(_) => return Err(malformed("only elements are taken")),
                Event::Eof if place.rooted && place.path.is_empty() => return Ok(fields),
                Event::Eof => return Err(malformed("it ends too early")),
            }
        }
    }

    /// A field that is there and not empty.
    pub fn get(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str).filter(|value| !value.is_empty())
    }

    fn keep(&mut self, place: &mut Place<'_>) -> Result<(), Rejected> {
        let path = place.path.get(1..).unwrap_or_default().join("/");
        let text = std::mem::take(&mut place.text);
        place.path.pop();
        if path.is_empty() || self.0.contains_key(&path) {
            return Ok(());
        }
        if self.0.len() == FIELDS_MAX {
            return Err(malformed("it has too many fields"));
        }
        self.0.insert(path, text.trim().to_owned());
        Ok(())
    }
}

impl<'x> Place<'x> {
    fn enter(&mut self, name: &'x str) -> Result<(), Rejected> {
        if self.path.len() == DEPTH_MAX || (self.rooted && self.path.is_empty()) {
            return Err(malformed("it nests too deep, or has two roots"));
        }
        self.rooted = true;
        self.text.clear();
        self.path.push(name);
        Ok(())
    }
}

/// The name as it stands in the document, so that it lives as long.
fn name_of<'x>(xml: &'x str, name: &str) -> Result<&'x str, Rejected> {
    let start = (name.as_ptr() as usize).checked_sub(xml.as_ptr() as usize);
    let found = start.and_then(|start| xml.get(start..start + name.len()));
    found.ok_or_else(|| malformed("an element has no name"))
}

fn resolve(entity: &BytesRef<'_>) -> Result<char, Rejected> {
    if let Some(character) = entity.resolve_char_ref().map_err(|error| malformed(&error.to_string()))? {
        return Ok(character);
    }
    match &**entity {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "apos" => Ok('\''),
        "quot" => Ok('"'),
        _ => Err(malformed("it names an entity that is not XML's own")),
    }
}

fn malformed(why: &str) -> Rejected {
    Rejected::Malformed(format!("the XML is not right: {why}"))
}

/// A text as a field's content; the mark that would end it is cut in two.
pub fn cdata(text: &str) -> String {
    let sound: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    format!("<![CDATA[{}]]>", sound.replace("]]>", "]]]]><![CDATA[>"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fields_are_read_as_they_are_written() {
        let fields = Fields::parse(
            "<?xml version=\"1.0\"?><!-- hello --><xml><ToUserName><![CDATA[gh_x]]></ToUserName>\n<MsgId></MsgId><Label/>\
             <Content>a &amp; <![CDATA[<b>]]> &#x4F60;&#22909;</Content><Content>second</Content>\
             <SendLocationInfo><Label><![CDATA[ 莲花北 ]]></Label></SendLocationInfo></xml>",
        )
        .unwrap();
        assert_eq!(fields.get("ToUserName"), Some("gh_x"));
        assert_eq!(fields.get("MsgId"), None, "empty");
        assert_eq!(fields.get("Content"), Some("a & <b> 你好"));
        assert_eq!(fields.get("SendLocationInfo/Label"), Some("莲花北"));
        assert_eq!(fields.get("Nothing"), None);
        let said = Fields::parse("<xml><Content><![CDATA[<!DOCTYPE html>&x;]]></Content></xml>").unwrap();
        assert_eq!(said.get("Content"), Some("<!DOCTYPE html>&x;"), "people may write what they like");
    }

    #[test]
    fn bombs_and_tricks_are_refused() {
        let bomb =
            "<!DOCTYPE b [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">]><xml><Content>&b;</Content></xml>";
        let outside =
            "<!DOCTYPE x [<!ENTITY f SYSTEM \"file:///etc/passwd\">]><xml><Content>&f;</Content></xml>";
        let deep = format!("{}{}", "<a>".repeat(5000), "</a>".repeat(5000));
        let wide = format!("<xml>{}</xml>", (0..500).map(|n| format!("<f{n}>1</f{n}>")).collect::<String>());
        for xml in [
            bomb,
            outside,
            &deep,
            &wide,
            "",
            "hello",
            "{}",
            "<xml>",
            "<xml></lmx>",
            "<xml><Content>&nbsp;</Content></xml>",
            "<xml><Content>a & b</Content></xml>",
            "<xml><Content>&#0;</Content></xml>",
            "<xml></xml><xml></xml>",
            "<?php echo 1 ?><xml></xml>",
            "<xml><Content><![CDATA[x</Content></xml>",
        ] {
            assert!(matches!(Fields::parse(xml), Err(Rejected::Malformed(_))), "{:.60}", xml);
        }
    }

    #[test]
    fn any_text_survives_in_a_field() {
        for text in ["]]>", "a]]]>b", "<xml>&amp;", "一\n二", "", "]]>]]>"] {
            let xml = format!("<xml><Content>{}</Content></xml>", cdata(text));
            assert_eq!(Fields::parse(&xml).unwrap().get("Content").unwrap_or_default(), text);
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,120}") {
            let _ = Fields::parse(&text);
        }

        #[test]
        fn nothing_like_xml_makes_it_panic(text in "(<|>|/|xml|a|!\\[CDATA\\[|\\]\\]>|&|;|#x|!DOCTYPE|\\?| |=|\"){0,40}") {
            let _ = Fields::parse(&text);
        }

        #[test]
        fn every_text_reads_back(text in "\\PC{0,80}") {
            let xml = format!("<xml><Content>{}</Content></xml>", cdata(&text));
            let fields = Fields::parse(&xml).unwrap();
            prop_assert_eq!(fields.get("Content").unwrap_or_default(), text.trim());
        }
    }
}
