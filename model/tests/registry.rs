//! What the commands rely on: names, options, and models that can be explored.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use ioschain_model::registry::{MODELS, ModelError, Request, Tier, find};
use ioschain_spec::Section;

#[test]
fn names_of_models_and_variants_are_unique_and_found() {
    let names: BTreeSet<&str> = MODELS.iter().map(|model| model.name()).collect();
    assert_eq!(names.len(), MODELS.len());
    for model in MODELS {
        assert_eq!(find(model.name()).unwrap().about(), model.about());
        let variants = model.variants();
        let names: BTreeSet<&str> = variants.iter().map(|variant| variant.name).collect();
        assert_eq!(names.len(), variants.len(), "{}", model.name());
    }
}

#[test]
fn a_former_name_gives_the_new_one() {
    for (former, now) in [("lotteries", "sharding"), ("signing", "cosi")] {
        let error = find(former).err().unwrap();
        assert!(error.to_string().contains(&format!("now called `{now}`")), "{error}");
        assert!(find(now).is_ok());
    }
}

/// A name is compared only where the registry looks a model up and where the score picks each
/// model's rows. All else asks the model.
#[test]
fn no_other_code_compares_the_name_of_a_model() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut files, mut compared) = (vec![sources.clone()], BTreeMap::new());
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let comparisons = [".model ==", ".model !=", "model.name() =="];
        let count = comparisons.iter().map(|it| text.matches(it).count()).sum::<usize>();
        if count > 0 {
            compared.insert(path.strip_prefix(&sources).unwrap().display().to_string(), count);
        }
    }
    assert_eq!(compared, BTreeMap::from([("registry.rs".into(), 1), ("score.rs".into(), 1)]));
}

#[test]
fn every_specified_section_with_a_model_is_known() {
    let sections: BTreeSet<_> = MODELS.iter().filter_map(|model| model.section()).collect();
    let expected = [Section::Conventions, Section::Drp, Section::Sharding, Section::Atomix];
    assert_eq!(sections, BTreeSet::from(expected));
    for model in MODELS.iter().filter(|model| model.section().is_none()) {
        assert!(model.variants().is_empty(), "{} weakens no rule of a section", model.name());
    }
}

#[test]
fn every_model_accepts_a_request_without_options() {
    for model in MODELS {
        assert_eq!(model.accept(&Request::default()), Ok(()), "{}", model.name());
    }
}

#[test]
fn every_configuration_has_a_tier_and_the_larger_ones_are_listed() {
    for model in MODELS {
        let listed = model.configurations();
        assert!(listed.iter().any(|it| it.tier == Tier::Quick), "{}", model.name());
        for larger in model.larger_configurations() {
            assert!(listed.iter().any(|it| it.name == larger.name), "{}", larger.name);
        }
    }
}

/// Attacks on signatures are counted; all other models are graphs.
#[test]
fn every_model_but_one_can_be_explored_without_options() {
    for model in MODELS {
        match model.explore(None, None) {
            Ok(exploration) => assert_eq!(exploration.variant, "specification"),
            Err(ModelError::NoExploration { model, .. }) => assert_eq!(model, "cosi"),
            Err(other) => panic!("{}: {other}", model.name()),
        }
        assert!(model.explore(Some("no-such-variant"), None).is_err(), "{}", model.name());
    }
}
