//! Writes the seeds of all targets into `corpus/` and their dictionary into `dictionaries/`.

use std::fs;
use std::io;
use std::path::Path;

use ioschain_fuzz::targets::{TARGETS, dictionary};
use sha2::{Digest as _, Sha256};

fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::create_dir_all(root.join("dictionaries"))?;
    for target in TARGETS {
        let folder = root.join("corpus").join(target.name);
        fs::create_dir_all(&folder)?;
        let seeds = (target.seeds)();
        for seed in seeds.iter() {
            let name: [u8; 32] = Sha256::digest(seed).into();
            fs::write(folder.join(format!("seed-{}", hex::encode(&name[..8]))), seed)?;
        }
        let file = root.join("dictionaries").join(format!("{}.dict", target.name));
        let lines = dictionary().into_iter().map(|(name, word)| line(&name, &word));
        fs::write(file, lines.collect::<String>())?;
        println!("{}: {} seeds", target.name, seeds.iter().count());
    }
    Ok(())
}

/// A word as libFuzzer reads it: a name of letters, digits and underscores, and escaped bytes.
fn line(name: &str, word: &[u8]) -> String {
    let name: String =
        name.chars().map(|it| if it.is_ascii_alphanumeric() { it } else { '_' }).collect();
    let word: String = word.iter().map(|byte| format!("\\x{byte:02x}")).collect();
    format!("{name}=\"{word}\"\n")
}
