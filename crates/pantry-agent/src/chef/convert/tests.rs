//! Conversions on a disk, with a person's own files there, cut off at every step.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use pantry_model::commands::chef_convert::Form;

use super::cut::for_tests::{after, is_through};
use super::error::ConvertError;
use super::parts::{Part, What};
use super::place::Conversion;

/// Paths, with permissions and contents; folders end with `/`, links have where they lead.
type Picture = BTreeMap<String, (u32, String)>;

struct House {
    home: tempfile::TempDir,
}

impl House {
    fn new() -> Self {
        // Where bringing something to the disk costs nothing, if there is such a place.
        let memory = Path::new("/dev/shm");
        let home = match memory.is_dir() {
            true => tempfile::tempdir_in(memory),
            false => tempfile::tempdir(),
        };
        let house = Self { home: home.unwrap() };
        fs::create_dir(house.data()).unwrap();
        house
    }

    /// One in which a person had Chef before.
    fn lived_in() -> Self {
        let house = Self::new();
        let own = [("client.rb", "mine"), ("chef-repo/cookbooks/own.rb", "own"), ("other", "o")];
        for (name, text) in own {
            let path = house.etc().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        fs::set_permissions(house.etc().join("client.rb"), fs::Permissions::from_mode(0o640))
            .unwrap();
        std::os::unix::fs::symlink("/nowhere", house.etc().join("solo.rb")).unwrap();
        house
    }

    fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    fn etc(&self) -> PathBuf {
        self.home.path().join("etc/chef")
    }

    fn repository(&self, cookbook: &str) -> PathBuf {
        let path = self.home.path().join("repository");
        let _ = fs::remove_dir_all(&path);
        for (name, text) in [
            ("cookbooks/web/recipes/default.rb", cookbook),
            ("cookbooks/web/files/run.sh", "#!"),
            ("data_bags/users/ada.json", "secret"),
            ("nodes/web1.json", "the node"),
        ] {
            let path = path.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
            let mode = if text == "#!" { 0o700 } else { 0o600 };
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        }
        path
    }

    fn parts(&self, to: Form, text: &str) -> Vec<Part> {
        let file = |name, text: &str, mode| Part {
            name,
            what: What::File(text.as_bytes().to_vec(), mode),
        };
        match to {
            Form::ChefClient => {
                vec![file("client.pem", "key", 0o600), file("client.rb", text, 0o644)]
            }
            _ => {
                let from = self.repository(text);
                let what = What::Copy { from, left_out: "nodes", secret: "data_bags" };
                let repository = Part { name: "chef-repo", what };
                vec![repository, file("node.json", text, 0o600), file("solo.rb", text, 0o644)]
            }
        }
    }

    fn convert(&self, to: Form, text: &str) -> Result<Vec<String>, ConvertError> {
        let parts = self.parts(to, text);
        Conversion::new(&self.data(), &self.etc()).convert(to, parts)
    }

    fn take_back(&self) -> Result<Vec<String>, ConvertError> {
        Conversion::new(&self.data(), &self.etc()).take_back()
    }

    fn picture(&self) -> Picture {
        let mut picture = Picture::new();
        look(&self.etc(), "", &mut picture);
        picture
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.etc().join(name)).unwrap()
    }
}

fn look(top: &Path, folder: &str, picture: &mut Picture) {
    let entries = match fs::read_dir(top.join(folder)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return,
        entries => entries.unwrap(),
    };
    for entry in entries {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let path = format!("{folder}{name}");
        let whole = top.join(&path);
        let looked = fs::symlink_metadata(&whole).unwrap();
        let mode = looked.permissions().mode() & 0o7777;
        if looked.is_dir() {
            let path = path + "/";
            look(top, &path, picture);
            picture.insert(path, (mode, String::new()));
        } else if looked.is_symlink() {
            let to = fs::read_link(&whole).unwrap().display().to_string();
            picture.insert(path, (0, to));
        } else {
            picture.insert(path, (mode, fs::read_to_string(&whole).unwrap()));
        }
    }
}

#[test]
fn what_is_written_has_the_permissions_that_it_should() {
    let house = House::new();
    let told = house.convert(Form::ChefSolo, "one").unwrap();
    let etc = house.etc().display().to_string();
    let expected = ["chef-repo", "node.json", "solo.rb"].map(|name| format!("wrote {etc}/{name}"));
    assert_eq!(told, expected);
    let picture = house.picture();
    let modes: Vec<_> = picture.iter().map(|(path, (mode, _))| (path.as_str(), *mode)).collect();
    let expected = [
        ("chef-repo/", 0o755),
        ("chef-repo/cookbooks/", 0o755),
        ("chef-repo/cookbooks/web/", 0o755),
        ("chef-repo/cookbooks/web/files/", 0o755),
        ("chef-repo/cookbooks/web/files/run.sh", 0o755),
        ("chef-repo/cookbooks/web/recipes/", 0o755),
        ("chef-repo/cookbooks/web/recipes/default.rb", 0o644),
        ("chef-repo/data_bags/", 0o755),
        ("chef-repo/data_bags/users/", 0o755),
        ("chef-repo/data_bags/users/ada.json", 0o600),
        ("node.json", 0o600),
        ("solo.rb", 0o644),
    ];
    assert_eq!(modes, expected);
    house.convert(Form::ChefClient, "two").unwrap();
    assert_eq!(house.picture()["client.pem"], (0o600, "key".to_owned()));
    assert_eq!(house.picture().len(), 2, "{:?}", house.picture());
    let told = house.take_back().unwrap();
    assert_eq!(told, ["client.pem", "client.rb"].map(|name| format!("removed {etc}/{name}")));
    assert!(!house.etc().exists(), "the folder was made for it");
    assert_eq!(house.take_back().unwrap(), ["nothing was converted here: nothing is changed"]);
}

#[test]
fn a_persons_own_is_moved_aside_and_put_back() {
    let house = House::lived_in();
    let before = house.picture();
    let told = house.convert(Form::ChefClient, "one").unwrap();
    assert!(told[1].ends_with("client.rb; what was there is client.rb.before-pantry now"));
    assert_eq!(house.text("client.rb.before-pantry"), "mine");
    house.convert(Form::ChefClient, "two").unwrap();
    assert_eq!((house.text("client.rb"), house.picture().len()), ("two".to_owned(), 8));
    house.convert(Form::ChefSolo, "three").unwrap();
    assert_eq!(house.text("client.rb"), "mine");
    assert!(!house.etc().join("client.pem").exists());
    assert_eq!(house.text("chef-repo/cookbooks/web/recipes/default.rb"), "three");
    assert_eq!(house.text("chef-repo.before-pantry/cookbooks/own.rb"), "own");
    assert!(house.etc().join("solo.rb.before-pantry").is_symlink());
    let told = house.take_back().unwrap();
    assert!(told[0].ends_with("/chef-repo back as it was before"), "{told:?}");
    assert_eq!(house.picture(), before);
}

#[test]
fn what_somebody_has_changed_since_is_left() {
    let house = House::lived_in();
    house.convert(Form::ChefSolo, "one").unwrap();
    let recipe = house.etc().join("chef-repo/cookbooks/web/recipes/default.rb");
    fs::write(&recipe, "better").unwrap();
    fs::write(house.etc().join("node.json"), "better").unwrap();
    let told = house.convert(Form::ChefSolo, "two").unwrap();
    assert!(told[0].ends_with("what was there is chef-repo.before-pantry-2 now"), "{told:?}");
    let kept = house.text("chef-repo.before-pantry-2/cookbooks/web/recipes/default.rb");
    assert_eq!(kept, "better");
    assert_eq!(house.text("node.json.before-pantry"), "better");

    fs::write(&recipe, "best").unwrap();
    fs::write(house.etc().join("solo.rb"), "best").unwrap();
    let told = house.take_back().unwrap();
    let etc = house.etc().display().to_string();
    let expected = [
        format!(
            "left {etc}/chef-repo, which somebody has changed since \
             (cookbooks/web/recipes/default.rb); what was there before is chef-repo.before-pantry"
        ),
        format!("put {etc}/node.json back as it was before"),
        format!(
            "left {etc}/solo.rb, which somebody has changed since; what was there before is \
             solo.rb.before-pantry"
        ),
    ];
    assert_eq!(told, expected);
    assert_eq!(house.text("node.json"), "better");
    assert_eq!(fs::read_to_string(&recipe).unwrap(), "best");

    // What is left there then is somebody's own.
    house.convert(Form::ChefSolo, "three").unwrap();
    house.take_back().unwrap();
    assert_eq!(fs::read_to_string(&recipe).unwrap(), "best");
    assert_eq!(house.text("solo.rb"), "best");
}

#[test]
fn what_a_person_has_is_theirs_even_if_it_is_the_same() {
    let house = House::new();
    fs::create_dir_all(house.etc()).unwrap();
    for name in ["client.pem", "client.rb"] {
        fs::write(house.etc().join(name), if name == "client.rb" { "one" } else { "key" }).unwrap();
    }
    house.convert(Form::ChefClient, "one").unwrap();
    assert_eq!(house.text("client.rb.before-pantry"), "one");
    fs::remove_file(house.etc().join("client.pem.before-pantry")).unwrap();
    let told = house.take_back().unwrap();
    assert!(told[0].ends_with("client.pem, since client.pem.before-pantry is gone"), "{told:?}");
    assert!(told[1].ends_with("client.rb back as it was before"), "{told:?}");
    assert_eq!((house.text("client.pem"), house.text("client.rb")), ("key".into(), "one".into()));
}

#[test]
fn a_folder_that_is_another_one_now_is_taken_back_first() {
    let house = House::new();
    house.convert(Form::ChefClient, "one").unwrap();
    let other = house.home.path().join("other");
    let parts = house.parts(Form::ChefClient, "one");
    Conversion::new(&house.data(), &other).convert(Form::ChefClient, parts).unwrap();
    assert!(!house.etc().exists() && other.join("client.rb").exists());
}

#[test]
fn a_note_that_cannot_be_read_is_not_guessed_at() {
    let house = House::new();
    house.convert(Form::ChefClient, "one").unwrap();
    fs::write(house.data().join("converted.json"), "{\"to\":").unwrap();
    for told in [house.take_back().unwrap_err(), house.convert(Form::ChefSolo, "x").unwrap_err()] {
        assert!(told.to_string().contains("converted.json, the note of what was"), "{told}");
    }
    assert_eq!(house.text("client.rb"), "one");
}

#[test]
fn a_folder_that_is_not_to_be_written_is_said() {
    let error = io::Error::from(io::ErrorKind::PermissionDenied);
    let told = ConvertError::writing(Path::new("/etc/chef"), Path::new("/etc/chef/x"))(error);
    let told = told.to_string();
    assert!(told.starts_with("cannot write to /etc/chef: permission denied. The agent"), "{told}");
    let house = House::new();
    fs::create_dir_all(house.etc().parent().unwrap()).unwrap();
    fs::write(house.etc(), "a file").unwrap();
    let told = house.convert(Form::ChefClient, "one").unwrap_err().to_string();
    assert!(told.starts_with(&format!("cannot write {}: ", house.etc().display())), "{told}");
}

/// What is done before the conversion that is cut off, and that.
type Story = (&'static str, fn(&House), fn(&House) -> bool);

#[test]
fn a_conversion_that_is_cut_off_anywhere_is_repeated_or_taken_back() {
    let stories: [Story; 5] = [
        ("at first", |_| (), |house| house.convert(Form::ChefClient, "new").is_ok()),
        ("solo", |_| (), |house| house.convert(Form::ChefSolo, "new").is_ok()),
        (
            "again",
            |house| drop(house.convert(Form::ChefSolo, "old").unwrap()),
            |house| house.convert(Form::ChefSolo, "new").is_ok(),
        ),
        (
            "to another one",
            |house| drop(house.convert(Form::ChefClient, "old").unwrap()),
            |house| house.convert(Form::ChefSolo, "new").is_ok(),
        ),
        (
            "back",
            |house| drop(house.convert(Form::ChefSolo, "old").unwrap()),
            |house| house.take_back().is_ok(),
        ),
    ];
    for (name, prepare, act) in stories {
        for make in [House::new, House::lived_in] {
            let whole = make();
            let before = whole.picture();
            prepare(&whole);
            act(&whole);
            let expected = whole.picture();
            let mut steps = 0;
            loop {
                let [repeated, taken_back] = [make(), make()].map(|house| {
                    prepare(&house);
                    after(Some(steps));
                    act(&house);
                    let through = is_through();
                    after(None);
                    (house, through)
                });
                let ((repeated, through), (taken_back, _)) = (repeated, taken_back);
                let said = format!("{name}, cut off after {steps} steps");
                assert!(act(&repeated), "{said}");
                assert_eq!(repeated.picture(), expected, "{said}");
                repeated.take_back().unwrap();
                assert_eq!(repeated.picture(), before, "{said}, repeated and taken back");
                taken_back.take_back().unwrap();
                assert_eq!(taken_back.picture(), before, "{said}, taken back");
                assert!(!taken_back.data().join("converted.json").exists(), "{said}");
                if through {
                    break;
                }
                steps += 1;
            }
            assert!(steps > 5, "{name}: {steps}");
        }
    }
}
