//! Questions on a terminal, and what a person sees there.

use anyhow::{Result, ensure};

use super::shop::Shop;
use crate::scripted::process::wait;
use crate::scripted::terminal::Terminal;

#[test]
fn a_deletion_is_asked_about() -> Result<()> {
    let shop = Shop::open()?;
    shop.write("r/a.json", r#"{"name":"a"}"#)?;
    shop.write("r/b.json", r#"{"name":"b"}"#)?;
    shop.succeed(&["role", "upload", "r"])?;
    for (answer, code, left) in [("n\n", 130, "a\nb\n"), ("\n", 130, "a\nb\n"), ("yes\n", 0, "")] {
        let mut terminal = Terminal::new();
        let mut command = shop.command(&["role", "delete", "a", "b"]);
        command.env_remove("NO_COLOR");
        let child = terminal.start(command);
        terminal.type_in(answer);
        assert_eq!(wait(child).code, Some(code), "{answer:?}");
        let shown = terminal.rest();
        ensure!(shown.contains("Delete the role a, the role b of http://127.0.0.1:"), "{shown}");
        ensure!(shown.contains("/organizations/shop? There is no way back. [y/N]"), "{shown}");
        assert_eq!(shop.succeed(&["role", "list"])?, left);
    }
    shop.succeed(&["data-bag", "upload", "keys"])?;
    let mut terminal = Terminal::new();
    let child = terminal.start(shop.command(&["data-bag", "delete", "keys"]));
    terminal.type_in("y\n");
    assert_eq!(wait(child).code, Some(0));
    let shown = terminal.rest();
    ensure!(shown.contains("with all its items"), "{shown}");
    Ok(())
}

#[test]
fn an_editor_has_the_terminal_and_what_is_no_json_can_be_edited_again() -> Result<()> {
    let shop = Shop::open()?;
    shop.write("web.json", r#"{"name":"web","description":"old"}"#)?;
    shop.succeed(&["role", "upload", "web.json"])?;
    // It spoils the file the first time, and mends it the second.
    let script = r#"test -t 0 && test -t 1 || exit 9
if test -e spoilt; then mv spoilt "$1"; sed -i s/old/new/ "$1"; else mv "$1" spoilt; echo '{' > "$1"; fi"#;
    let mut terminal = Terminal::new();
    let child = terminal.start(shop.editing(script, &["role", "edit", "web"])?);
    terminal.type_in("y\n");
    assert_eq!(wait(child).code, Some(0));
    let shown = terminal.rest();
    ensure!(shown.contains("it is no JSON") && shown.contains("Edit it again? [y/N]"), "{shown}");
    ensure!(shown.contains("updated the role web"), "{shown}");
    ensure!(shop.drafts()?.is_empty());

    let mut terminal = Terminal::new();
    let child = terminal.start(shop.editing(r#"echo '{' > "$1""#, &["role", "edit", "web"])?);
    terminal.type_in("n\n");
    assert_eq!(wait(child).code, Some(2));
    let shown = terminal.rest();
    ensure!(shown.contains("what you wrote is kept in"), "{shown}");
    Ok(())
}

#[test]
fn a_terminal_is_not_told_what_to_do_by_an_object() -> Result<()> {
    let shop = Shop::open()?;
    // JSON need not escape these: a control character of the second set, and one that turns text.
    shop.write("i.json", "{\"id\":\"i\",\"a\":\"x\u{9b}2Jy\u{202e}z\"}")?;
    shop.succeed(&["data-bag", "upload", "b", "i.json"])?;
    let terminal = Terminal::new();
    let child = terminal.start(shop.command(&["data-bag", "show", "b", "i"]));
    assert_eq!(wait(child).code, Some(0));
    let shown = terminal.rest();
    ensure!(!shown.contains('\u{9b}') && !shown.contains('\u{202e}'), "{shown:?}");
    // In a file it is as it was.
    let shown = shop.succeed(&["data-bag", "show", "b", "i"])?;
    ensure!(shown.contains("x\u{9b}2Jy\u{202e}z"), "{shown:?}");
    Ok(())
}

#[test]
fn ctrl_c_in_the_editor_is_the_editors() -> Result<()> {
    let shop = Shop::open()?;
    shop.write("web.json", r#"{"name":"web","description":"old"}"#)?;
    shop.succeed(&["role", "upload", "web.json"])?;
    // Every process of the terminal's group hears it; here the editor sends it to its parent itself.
    let script = r#"kill -INT "$PPID"; kill -INT "$(ps -o ppid= -p "$PPID" | tr -d ' ')"; sed -i s/old/new/ "$1""#;
    let terminal = Terminal::new();
    let child = terminal.start(shop.editing(script, &["role", "edit", "web"])?);
    assert_eq!(wait(child).code, Some(0));
    let shown = terminal.rest();
    ensure!(shown.contains("updated the role web"), "{shown}");
    Ok(())
}
