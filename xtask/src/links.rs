//! Whether the documents' links lead somewhere: files exist, headings too, and every chapter is in
//! the book's table of contents.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::workspace;

/// Every link that leads nowhere, and every chapter that nothing leads to.
pub(crate) fn violations() -> Result<Vec<String>> {
    let root = workspace::root();
    let chapters = workspace::files(&root.join("docs/src"), "md")?;
    let mut documents = chapters.clone();
    for entry in std::fs::read_dir(&root)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "md") {
            documents.push(path);
        }
    }
    let mut found = Vec::new();
    for document in documents {
        let text = read(&document)?;
        for link in targets(&text) {
            if let Some(problem) = problem(&document, link)? {
                found.push(format!("{}: `{link}` {problem}", workspace::shown(&document)));
            }
        }
    }
    found.extend(unlisted(&root.join("docs/src/SUMMARY.md"), &chapters)?);
    Ok(found)
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| workspace::shown(path))
}

fn problem(document: &Path, link: &str) -> Result<Option<&'static str>> {
    if link.contains("://") || link.starts_with("mailto:") {
        return Ok(None);
    }
    let (file, heading) = link.split_once('#').unwrap_or((link, ""));
    let path = match file {
        "" => document.to_owned(),
        file => document.parent().unwrap_or(document).join(file),
    };
    if !path.exists() {
        return Ok(Some("leads to no file"));
    }
    let has_heading = heading.is_empty() || headings(&read(&path)?).contains(heading);
    Ok((!has_heading).then_some("leads to no heading"))
}

fn unlisted(summary: &Path, chapters: &[PathBuf]) -> Result<Vec<String>> {
    let text = read(summary)?;
    let listed = targets(&text);
    let missing = chapters.iter().filter(|chapter| {
        let name = chapter.file_name().map(|name| name.to_string_lossy().into_owned());
        chapter.as_path() != summary && !name.is_some_and(|name| listed.contains(&name.as_str()))
    });
    Ok(missing.map(|path| format!("{} is not in SUMMARY.md", workspace::shown(path))).collect())
}

/// The lines outside of code blocks.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut in_code = false;
    text.lines().filter(move |line| {
        let is_fence = line.trim_start().starts_with("```");
        in_code ^= is_fence;
        !in_code && !is_fence
    })
}

/// What stands in `](…)`.
fn targets(text: &str) -> Vec<&str> {
    prose(text)
        .flat_map(|line| line.split("](").skip(1))
        .filter_map(|rest| rest.split_once(')').map(|(target, _)| target))
        .collect()
}

/// The anchors of the headings, as mdBook and GitHub make them.
fn headings(text: &str) -> BTreeSet<String> {
    let anchor = |heading: &str| {
        let letters = heading.trim().to_lowercase();
        let kept = letters.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    prose(text)
        .filter(|line| line.starts_with('#'))
        .map(|line| anchor(line.trim_start_matches('#')))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# The start\n[a](b.md#c) and [d](#the-start)\n```text\n# no [x](y)\n```\n";

    #[test]
    fn links_and_headings_are_those_of_the_prose() {
        assert_eq!(targets(TEXT), ["b.md#c", "#the-start"]);
        assert_eq!(headings(TEXT), BTreeSet::from(["the-start".to_owned()]));
        assert!(headings("## What `ZAP` decides, and when").contains("what-zap-decides-and-when"));
    }

    #[test]
    fn a_link_leads_to_a_file_and_a_heading() {
        let folder = tempfile::tempdir().unwrap();
        let document = folder.path().join("a.md");
        std::fs::write(&document, TEXT).unwrap();
        let problem = |link| problem(&document, link).unwrap();
        assert_eq!(problem("a.md#the-start"), None);
        assert_eq!(problem("#the-start"), None);
        assert_eq!(problem("https://example.org/"), None);
        assert_eq!(problem("a.md#the-end"), Some("leads to no heading"));
        assert_eq!(problem("b.md"), Some("leads to no file"));
    }

    #[test]
    fn a_chapter_outside_the_table_of_contents_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let summary = folder.path().join("SUMMARY.md");
        std::fs::write(&summary, "- [One](one.md)\n").unwrap();
        let chapters = ["SUMMARY.md", "one.md", "two.md"].map(|name| folder.path().join(name));
        let found = unlisted(&summary, &chapters).unwrap();
        assert!(found.len() == 1 && found[0].contains("two.md"), "{found:?}");
    }
}
