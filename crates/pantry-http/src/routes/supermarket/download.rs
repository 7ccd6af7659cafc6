//! `GET cookbooks/NAME/versions/VERSION/download`: a version of a cookbook of a shelf as one file.

use pantry_model::Error;

use super::{asked_version, shelf};
use crate::answer::Answer;
use crate::call::Call;
use crate::routes::files;

/// Sends the file while it is read.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let shelf = shelf(&call).await?;
    let (usecases, asked) = (call.usecases(), asked_version(&call)?);
    let name = call.parameter("cookbook");
    let found = usecases.show_version_on_shelf(&shelf, name, asked).await?;
    let archive = usecases.archive_on_shelf(&shelf, &found.name, found.version).await?;
    Ok(files::send(&call, &archive.file).await?.named(&archive.name))
}
