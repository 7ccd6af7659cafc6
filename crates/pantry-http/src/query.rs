//! The query of a URL: `a=1&b=two%20words`, as HTML forms write it.

use std::borrow::Cow;

use percent_encoding::percent_decode;

/// Its pairs of name and value, decoded, in order. What has no `=` has an empty value. Bytes that
/// are no UTF-8 become U+FFFD, which is in no name.
pub(crate) fn pairs(query: &str) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(name), decode(value))
    })
}

/// A part of a query, decoded: `+` is a space, `%2B` a plus sign.
fn decode(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(|byte| matches!(byte, b'+' | b'%')) {
        return Cow::Borrowed(text);
    }
    let spaced = text.replace('+', " ");
    Cow::Owned(percent_decode(spaced.as_bytes()).decode_utf8_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pairs_are_decoded_once() {
        let read: Vec<_> = pairs("q=name:a%2Bb+c&rows=&flag&&x=1=2&%C3%A9=%ff%2525").collect();
        let expected =
            [("q", "name:a+b c"), ("rows", ""), ("flag", ""), ("x", "1=2"), ("é", "\u{fffd}%25")];
        assert_eq!(read, expected.map(|(name, value)| (name.into(), value.into())));
    }

    proptest! {
        #[test]
        fn what_a_client_encodes_is_read_back(texts in prop::collection::vec(("[^\0]{1,8}", "[^\0]{0,8}"), 0..5)) {
            let encode = |text: &str| {
                percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
            };
            let query: Vec<_> =
                texts.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
            let query = query.join("&");
            let read: Vec<_> =
                pairs(&query).map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
            prop_assert_eq!(read, texts);
        }

        #[test]
        fn any_query_is_read(query in ".{0,64}") {
            prop_assert!(pairs(&query).count() <= query.len());
        }
    }
}
