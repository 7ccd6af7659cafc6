//! What went wrong, as both protocols tell it: an object with a class, a message, a backtrace, and a
//! description of what was being done.

use serde_json::Value;

use super::limits::{
    MAX_BACKTRACE_LINE_BYTES, MAX_BACKTRACE_LINES, MAX_MESSAGE_BYTES, MAX_SUMMARY_BYTES,
    MAX_WORD_BYTES,
};
use super::loose::{cut, list, text};
use super::report::RunError;

impl RunError {
    /// The error in what was sent; whatever it lacks is empty.
    pub(super) fn read(sent: &Value) -> Self {
        let class = text(sent.get("class"), MAX_MESSAGE_BYTES).unwrap_or_default();
        let lines = list(sent.get("backtrace"));
        let lines = lines.iter().filter_map(|line| text(Some(line), MAX_BACKTRACE_LINE_BYTES));
        let description = sent.get("description");
        let title = description.and_then(|it| it.get("title")).or_else(|| sent.get("title"));
        Self {
            class: cut(class_of(&class), MAX_WORD_BYTES),
            message: text(sent.get("message"), MAX_MESSAGE_BYTES).unwrap_or_default(),
            title: text(title, MAX_MESSAGE_BYTES).filter(|title| !title.is_empty()),
            backtrace: lines.take(MAX_BACKTRACE_LINES).collect(),
        }
    }

    /// An error that is only a sentence.
    pub(super) fn because(reason: &str) -> Self {
        Self { message: cut(reason, MAX_MESSAGE_BYTES), ..Self::default() }
    }

    /// The first line that says something.
    pub(super) fn first_line(&self) -> Option<String> {
        let texts = [Some(&self.message), self.title.as_ref(), Some(&self.class)];
        let mut lines = texts.into_iter().flatten().flat_map(|text| text.lines()).map(str::trim);
        lines.find(|line| !line.is_empty()).map(|line| cut(line, MAX_SUMMARY_BYTES))
    }

    /// The resource that Chef names in what it says it was doing, ``Error executing action `run` on
    /// resource 'execute[x]'``, or in front of the message: `execute[x] (web::default line 7) had an
    /// error: …`.
    pub(super) fn resource(&self) -> Option<String> {
        let titled = || {
            let (_, named) = self.title.as_deref()?.split_once("on resource '")?;
            // The name itself may have such a mark.
            Some(named.rsplit_once('\'')?.0)
        };
        let prefixed = || {
            let (declared, _) = self.message.split_once(" had an error: ")?;
            let (named, place) = declared.rsplit_once(" (")?;
            let is_declared = named.ends_with(']') && named.contains('[') && place.ends_with(')');
            is_declared.then_some(named)
        };
        let named = titled().or_else(prefixed)?;
        Some(cut(named, 2 * MAX_WORD_BYTES)).filter(|named| !named.is_empty())
    }
}

/// The class, where the exception was told as Ruby shows it: `#<Mixlib::ShellOut::…: message>`.
fn class_of(shown: &str) -> &str {
    let Some(inner) = shown.strip_prefix("#<") else { return shown };
    let end = inner.find(": ").or_else(|| inner.find('>')).unwrap_or(inner.len());
    inner.get(..end).unwrap_or(inner)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_ways_of_telling_it_are_read() {
        let collected = RunError::read(&json!({
            "class": "RuntimeError", "message": "\nno\nway", "backtrace": ["a:1", "b:2"],
            "description": {"title": "Error executing action `run` on resource 'execute[it's]'"},
        }));
        let reported = RunError::read(&json!({
            "class": "#<RuntimeError: \nno\nway>", "message": "\nno\nway",
            "backtrace": "[\"a:1\",\"b:2\"]",
            "description": {"title": "Error executing action `run` on resource 'execute[it's]'"},
        }));
        assert_eq!(collected, reported);
        assert_eq!(collected.class, "RuntimeError");
        assert_eq!(collected.first_line().as_deref(), Some("no"));
        assert_eq!(collected.resource().as_deref(), Some("execute[it's]"));
        assert_eq!(
            class_of("#<Net::HTTPServerException: 404 \"Not Found\">"),
            "Net::HTTPServerException"
        );
    }

    #[test]
    fn a_message_may_begin_with_the_resource() {
        let named = |message: &str| RunError::because(message).resource();
        let told = "execute[it (a) fails] (demo::bad line 6) had an error: RuntimeError: no";
        assert_eq!(named(told).as_deref(), Some("execute[it (a) fails]"));
        for none in ["it had an error: no", "(x) had an error: no", "a[b] c had an error: no", ""] {
            assert_eq!(named(none), None, "{none}");
        }
    }

    #[test]
    fn what_is_missing_or_odd_is_empty() {
        for odd in
            [json!(null), json!([]), json!({"class": {}, "backtrace": 7, "description": "x"})]
        {
            let error = RunError::read(&odd);
            assert_eq!(error, RunError::default());
            assert_eq!((error.first_line(), error.resource()), (None, None));
        }
    }
}
