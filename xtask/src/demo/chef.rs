//! The demo's second half: cookbooks on a shelf, shared by two applications that never learn of each
//! other, and runs of Chef that reach only their own machines.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use pantry_testkit::chef;

use super::{Stage, heading};

/// What runs as Chef.
pub(super) struct Program {
    path: PathBuf,
    is_real: bool,
}

impl Program {
    /// A real one if there is one, else the stand-in.
    pub(super) fn find() -> Result<Self> {
        let named = chef::real().map(|(client, _)| client);
        let on_path = || {
            let path = env::var_os("PATH").unwrap_or_default();
            let places: Vec<PathBuf> = env::split_paths(&path).collect();
            let mut programs = ["cinc-client", "chef-client"].into_iter();
            programs.find_map(|name| {
                places.iter().map(|place| place.join(name)).find(|path| path.is_file())
            })
        };
        match named.or_else(on_path) {
            Some(path) => Ok(Self { path, is_real: true }),
            None => Ok(Self { path: chef::stand_in()?, is_real: false }),
        }
    }

    /// Has a client that was enrolled use it.
    pub(super) fn name_in(&self, client: &Path) -> Result<()> {
        let text = fs::read_to_string(client)?;
        Ok(fs::write(client, format!("{text}chef: {{command: '{}'}}\n", self.path.display()))?)
    }
}

impl Stage {
    /// The second half.
    pub(super) fn converge(&self, program: &Program) -> Result<()> {
        heading("A shelf: three cookbooks for both applications, which never learn of each other");
        self.type_in(&["shelf", "create", "kit"])?;
        let cookbooks = ["base", "webserver", "shopfront"];
        let cookbooks = cookbooks.map(|name| format!("{}/examples/cookbooks/{name}", root()));
        let mut upload = vec!["-a", "kit", "chef", "cookbook", "upload"];
        upload.extend(cookbooks.iter().map(String::as_str));
        self.type_in(&upload)?;
        self.type_in(&["shelf", "grant", "kit", "shop", "blog"])?;
        for application in ["shop", "blog"] {
            self.type_in(&["app", "shelf", "add", application, "kit"])?;
        }

        heading("Each says what its web servers are, and converges them");
        match program.is_real {
            true => println!("   (Chef is {})\n", program.path.display()),
            false => println!(
                "   (There is no chef-client on this machine. In its place runs Pantry's stand-in, which \
                 looks at what it was\n   given and reports as Chef would, and changes nothing. With a \
                 real one on the PATH, the demo runs that.)\n"
            ),
        }
        for (application, run_list) in
            [("shop", "recipe[shopfront]"), ("blog", "recipe[webserver]")]
        {
            let environment = format!("{}/examples/chef/environments/prod.json", root());
            self.type_in(&["-a", application, "chef", "environment", "upload", &environment])?;
            let role = self.role(application, run_list)?;
            self.type_in(&["-a", application, "chef", "role", "upload", &role])?;
            self.type_in(&["-a", application, "-r", "web", "chef", "run"])?;
        }
        if program.is_real {
            let page = self.house.path("converged/shop/public/index.html");
            ensure!(page.exists(), "Chef made no {}", page.display());
            let page = self.house.path("converged/blog/public/index.html");
            ensure!(!page.exists(), "blog got shop's page");
        }

        heading("What has run, and the node as it was saved, found by a search");
        self.type_in(&["-a", "shop", "chef", "runs"])?;
        let found = ["-a", "shop", "chef", "search", "node", "recipes:shopfront"];
        self.type_in(&found)?;
        let output = self.house.succeed(&found)?;
        ensure!(output.contains("web1"), "the search has not found web1");
        let elsewhere = ["-a", "blog", "chef", "search", "node", "recipes:shopfront"];
        self.type_in(&elsewhere)?;
        ensure!(!self.house.succeed(&elsewhere)?.contains("web1"), "blog has shop's recipe");
        Ok(())
    }

    /// Writes the role of an application's web servers, and gives the file's name.
    fn role(&self, application: &str, run_list: &str) -> Result<String> {
        let name = format!("{application}-web.json");
        let directory = self.house.path("converged").join(application);
        let directory = directory.to_str().context("a path that is not UTF-8")?;
        let text = format!(
            r#"{{"name": "web", "run_list": ["{run_list}"],
 "default_attributes": {{"base": {{"directory": "{directory}"}}}}}}
"#
        );
        fs::write(self.house.path(&name), text)?;
        Ok(name)
    }
}

fn root() -> String {
    crate::workspace::root().display().to_string()
}
