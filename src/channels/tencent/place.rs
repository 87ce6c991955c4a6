//! Where people are. Maps in mainland China are shifted by law (GCJ-02), by up to some hundred metres; the hotline
//! reckons in WGS-84 as the rest of the world does.

use crate::domain::message::Location;

/// The ellipsoid that the shift was made for (Krasovsky 1940): semi-major axis in metres, squared eccentricity.
const AXIS: f64 = 6_378_245.0;
const ECCENTRICITY: f64 = 0.006_693_421_622_965_943;
/// Steps of the approximation; each one is about a hundred times nearer.
const STEPS: usize = 5;

/// A place from the text of its degrees on a shifted map; `None` if it is nowhere.
pub(in crate::channels) fn shifted(latitude: Option<&str>, longitude: Option<&str>) -> Option<Location> {
    let latitude: f64 = latitude?.parse().ok()?;
    let longitude: f64 = longitude?.parse().ok()?;
    let somewhere = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
    somewhere.then(|| straighten(Location { latitude, longitude }))
}

/// From GCJ-02 to WGS-84, to within centimetres.
fn straighten(seen: Location) -> Location {
    if !is_shifted(seen) {
        return seen;
    }
    (0..STEPS).fold(seen, |guess, _| {
        let there = shift(guess);
        Location {
            latitude: guess.latitude + seen.latitude - there.latitude,
            longitude: guess.longitude + seen.longitude - there.longitude,
        }
    })
}

/// The shift's own rectangle around the mainland.
fn is_shifted(at: Location) -> bool {
    (0.8293..=55.8271).contains(&at.latitude) && (72.004..=137.8347).contains(&at.longitude)
}

/// From WGS-84 to GCJ-02.
fn shift(at: Location) -> Location {
    let (x, y) = (at.longitude - 105.0, at.latitude - 35.0);
    let radians = at.latitude.to_radians();
    let flat = 1.0 - ECCENTRICITY * radians.sin().powi(2);
    let north = northward(x, y) / ((AXIS * (1.0 - ECCENTRICITY)) / (flat * flat.sqrt())).to_radians();
    let east = eastward(x, y) / (AXIS / flat.sqrt() * radians.cos()).to_radians();
    Location { latitude: at.latitude + north, longitude: at.longitude + east }
}

/// Metres.
fn northward(x: f64, y: f64) -> f64 {
    -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * x.abs().sqrt()
        + waves(&[
            (20.0, 6.0 * x),
            (20.0, 2.0 * x),
            (20.0, y),
            (40.0, y / 3.0),
            (160.0, y / 12.0),
            (320.0, y / 30.0),
        ])
}

/// Metres.
fn eastward(x: f64, y: f64) -> f64 {
    300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * x.abs().sqrt()
        + waves(&[
            (20.0, 6.0 * x),
            (20.0, 2.0 * x),
            (20.0, x),
            (40.0, x / 3.0),
            (150.0, x / 12.0),
            (300.0, x / 30.0),
        ])
}

/// Two thirds of sine waves of these heights at these half turns.
fn waves(waves: &[(f64, f64)]) -> f64 {
    waves.iter().map(|(height, turns)| height * (turns * std::f64::consts::PI).sin()).sum::<f64>() * 2.0 / 3.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_chinese_map_is_straightened() {
        for (seen, there) in [
            (("31.17530398", "121.53154186"), (31.177_427_6, 121.527_210_6)),
            (("22.54079613", "113.91717648"), (22.543_847, 113.912_316)),
            (("39.91334546", "116.38404722"), (39.911_954, 116.377_817)),
        ] {
            let found = shifted(Some(seen.0), Some(seen.1)).unwrap();
            assert!((found.latitude - there.0).abs() < 1e-6, "{found:?}");
            assert!((found.longitude - there.1).abs() < 1e-6, "{found:?}");
        }
        let paris = Location { latitude: 48.8566, longitude: 2.3522 };
        assert_eq!(
            shifted(Some("48.8566"), Some("2.3522")),
            Some(paris),
            "only the mainland's maps are shifted"
        );
        for (latitude, longitude) in [("91", "0"), ("0", "181"), ("NaN", "1"), ("", "1"), ("inf", "1")] {
            assert_eq!(shifted(Some(latitude), Some(longitude)), None);
        }
        assert_eq!(shifted(None, Some("1")), None);
    }

    proptest! {
        #[test]
        fn straightening_undoes_the_shift(latitude in 18.0..53.0_f64, longitude in 74.0..134.0_f64) {
            let back = straighten(shift(Location { latitude, longitude }));
            prop_assert!((back.latitude - latitude).abs() < 1e-6 && (back.longitude - longitude).abs() < 1e-6);
        }
    }
}
