//! Dates: breaking a time down, putting it together, formatting it as C's
//! `strftime` does in the C locale.

use crate::host::ZoneOffset;

const DAY: i64 = 24 * 60 * 60;

const WEEKDAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// C's `struct tm`: a time broken down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Date {
    /// Years since 1900.
    pub year: i32,
    /// 0 is January.
    pub month: i32,
    pub day: i32,
    pub hour: i32,
    pub minute: i32,
    pub second: i32,
    /// 0 is Sunday.
    pub weekday: i32,
    /// 0 is the first of January.
    pub day_of_year: i32,
    pub zone: ZoneOffset,
}

/// What a date table gives; each value may be beyond its usual range.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fields {
    /// Years since 1900.
    pub year: i32,
    /// 0 is January.
    pub month: i32,
    pub day: i32,
    pub hour: i32,
    pub minute: i32,
    pub second: i32,
    pub is_dst: Option<bool>,
}

/// Days since 1970-01-01 of the first of a month (0 is January), in the
/// Gregorian calendar extended to all times.
fn days_to_month(year: i64, month: i64) -> i64 {
    // A year that starts in March has its leap day at its end.
    let (year, month) = if month < 2 { (year - 1, month + 10) } else { (year, month - 2) };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let days_before_month = (153 * month + 2) / 5;
    let days = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + days_before_month;
    era * 146_097 + days - 719_468
}

/// Year, month (0 is January) and day (1 is the first) of a day counted from
/// 1970-01-01.
fn month_of_day(day: i64) -> (i64, i64, i64) {
    let day = day + 719_468;
    let (era, day) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year_of_era = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let year = era * 400 + year_of_era;
    if month < 10 { (year, month + 2, day) } else { (year + 1, month - 10, day) }
}

impl Date {
    /// Breaks a time down; `None` if its year can't be told.
    pub fn new(time: i64, zone: ZoneOffset) -> Option<Date> {
        let local = i128::from(time) + i128::from(zone.seconds_east);
        let days = i64::try_from(local.div_euclid(i128::from(DAY))).ok()?;
        let second = local.rem_euclid(i128::from(DAY)) as i32;
        let (year, month, day) = month_of_day(days);
        Some(Date {
            year: i32::try_from(year - 1900).ok()?,
            month: month as i32,
            day: day as i32,
            hour: second / 3600,
            minute: second / 60 % 60,
            second: second % 60,
            weekday: (days + 4).rem_euclid(7) as i32,
            day_of_year: (days - days_to_month(year, 0)) as i32,
            zone,
        })
    }

    /// The time that the fields mean in local time, as C's `mktime` finds it;
    /// `None` if there is none. `offset` is what the time before was ahead of
    /// its fields; it is updated.
    pub fn from_fields(
        fields: &Fields,
        offset: &mut i64,
        zone_at: impl Fn(i64) -> ZoneOffset,
    ) -> Option<(i64, Date)> {
        let months = (i64::from(fields.year) + 1900) * 12 + i64::from(fields.month);
        let days = days_to_month(months.div_euclid(12), months.rem_euclid(12));
        // Seconds beyond a minute are added to what is found without them.
        let second = fields.second.clamp(0, 59);
        let wanted = (days + i64::from(fields.day) - 1) * DAY
            + i64::from(fields.hour) * 3600
            + i64::from(fields.minute) * 60
            + i64::from(second);
        let time = find_time(wanted, fields.is_dst, *offset, &zone_at)?;
        *offset = time - wanted;
        let time = time.checked_add(i64::from(fields.second) - i64::from(second))?;
        Some((time, Date::new(time, zone_at(time))?))
    }

    fn full_year(&self) -> i64 {
        i64::from(self.year) + 1900
    }

    /// Year and number of the ISO 8601 week.
    fn iso_week(&self) -> (i64, i64) {
        let weekday = (i64::from(self.weekday) + 6) % 7;
        // The week belongs to the year of its Thursday.
        let thursday = i64::from(self.day_of_year) - weekday + 3;
        let year = self.full_year();
        let length = |year| days_to_month(year + 1, 0) - days_to_month(year, 0);
        if thursday < 0 {
            (year - 1, (thursday + length(year - 1)) / 7 + 1)
        } else if thursday >= length(year) {
            (year + 1, (thursday - length(year)) / 7 + 1)
        } else {
            (year, thursday / 7 + 1)
        }
    }

    /// Appends what the conversion letter stands for.
    pub fn format(&self, conversion: u8, out: &mut Vec<u8>) {
        let weekday = WEEKDAYS[self.weekday as usize];
        let month = MONTHS[self.month as usize];
        let text = match conversion {
            b'a' => weekday[..3].to_owned(),
            b'A' => weekday.to_owned(),
            b'b' | b'h' => month[..3].to_owned(),
            b'B' => month.to_owned(),
            b'c' => return self.format_all(b"a b e T Y", b' ', out),
            b'C' => self.full_year().div_euclid(100).to_string(),
            b'd' => two(self.day),
            b'D' | b'x' => return self.format_all(b"m/d/y", b'/', out),
            b'e' => format!("{:2}", self.day),
            b'F' => return self.format_all(b"Y-m-d", b'-', out),
            b'g' => two(self.iso_week().0.rem_euclid(100) as i32),
            b'G' => self.iso_week().0.to_string(),
            b'H' => two(self.hour),
            b'I' => two((self.hour + 11) % 12 + 1),
            b'j' => format!("{:03}", self.day_of_year + 1),
            b'm' => two(self.month + 1),
            b'M' => two(self.minute),
            b'n' => "\n".to_owned(),
            b'p' => (if self.hour < 12 { "AM" } else { "PM" }).to_owned(),
            b'r' => {
                self.format_all(b"I:M:S", b':', out);
                out.push(b' ');
                return self.format(b'p', out);
            }
            b'R' => return self.format_all(b"H:M", b':', out),
            b'S' => two(self.second),
            b't' => "\t".to_owned(),
            b'T' | b'X' => return self.format_all(b"H:M:S", b':', out),
            b'u' => ((self.weekday + 6) % 7 + 1).to_string(),
            b'U' => two((self.day_of_year + 7 - self.weekday) / 7),
            b'V' => two(self.iso_week().1 as i32),
            b'w' => self.weekday.to_string(),
            b'W' => two((self.day_of_year + 7 - (self.weekday + 6) % 7) / 7),
            b'y' => two(self.full_year().rem_euclid(100) as i32),
            b'Y' => self.full_year().to_string(),
            b'z' => {
                let minutes = self.zone.seconds_east.abs() / 60;
                let sign = if self.zone.seconds_east < 0 { '-' } else { '+' };
                format!("{sign}{:04}", minutes / 60 * 100 + minutes % 60)
            }
            b'Z' => self.zone.name.clone(),
            _ => "%".to_owned(),
        };
        out.extend_from_slice(text.as_bytes());
    }

    /// Appends several conversions with something between them.
    fn format_all(&self, conversions: &[u8], between: u8, out: &mut Vec<u8>) {
        for &byte in conversions {
            if byte == between { out.push(byte) } else { self.format(byte, out) }
        }
    }
}

fn two(number: i32) -> String {
    format!("{number:02}")
}

/// The time at which clocks show `wanted`, counted as if in UTC. Where clocks
/// show it twice or never, the answer follows glibc's, which begins its search
/// with the offset found by the search before.
fn find_time(
    wanted: i64,
    is_dst: Option<bool>,
    last_offset: i64,
    zone_at: &impl Fn(i64) -> ZoneOffset,
) -> Option<i64> {
    let at = |zone: &ZoneOffset| wanted.checked_sub(i64::from(zone.seconds_east));
    let mut time = wanted.checked_add(last_offset)?;
    let (mut before, mut last) = (time, time);
    let mut last_dst = false;
    let mut tries = 6;
    let zone = loop {
        let zone = zone_at(time);
        let next = at(&zone)?;
        if next == time {
            break zone;
        }
        // Back and forth around an hour that the clocks skip.
        let settled = is_dst.map_or(last_dst <= zone.is_dst, |is_dst| is_dst != zone.is_dst);
        if time == before && time != last && settled {
            return Some(time);
        }
        tries -= 1;
        if tries == 0 {
            return None;
        }
        (before, last, time) = (last, time, next);
        last_dst = zone.is_dst;
    };
    match is_dst {
        Some(is_dst) if is_dst != zone.is_dst => {
            let near = nearest_zone(time, is_dst, zone_at);
            near.map_or(Some(if is_dst { time - 3600 } else { time + 3600 }), |zone| at(&zone))
        }
        _ => Some(time),
    }
}

/// The offset that the other kind of time has nearby. The bounds are those of
/// glibc.
fn nearest_zone(
    time: i64,
    is_dst: bool,
    zone_at: &impl Fn(i64) -> ZoneOffset,
) -> Option<ZoneOffset> {
    const STEP: i64 = 601_200;
    const FARTHEST: i64 = 536_454_000 / 2 + STEP;
    let mut distance = STEP;
    while distance < FARTHEST {
        for near in [time.saturating_sub(distance), time.saturating_add(distance)] {
            let zone = zone_at(near);
            if zone.is_dst == is_dst {
                return Some(zone);
            }
        }
        distance += STEP;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(time: i64) -> Date {
        Date::new(time, ZoneOffset::utc("GMT")).unwrap()
    }

    fn format(conversions: &str, time: i64) -> String {
        let mut out = Vec::new();
        for conversion in conversions.bytes() {
            utc(time).format(conversion, &mut out);
            out.push(b'|');
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_conversion() {
        assert_eq!(
            format("aAbBcCdDeFgGhHIjmMnpr", 1_700_000_000),
            "Tue|Tuesday|Nov|November|Tue Nov 14 22:13:20 2023|20|14|11/14/23|14|2023-11-14|23|\
             2023|Nov|22|10|318|11|13|\n|PM|10:13:20 PM|"
        );
        assert_eq!(
            format("RStTuUVwWxXyYzZ%", 1_700_000_000),
            "22:13|20|\t|22:13:20|2|46|46|2|46|11/14/23|22:13:20|23|2023|+0000|GMT|%|"
        );
    }

    #[test]
    fn far_years() {
        // What C prints for the first of January of these years.
        assert_eq!(
            format("YCyGgFcVUW", -62_324_985_600),
            "-5|-1|95|-6|94|-5-01-01|Sun Jan  1 00:00:00 -5|52|01|00|"
        );
        assert_eq!(
            format("YCyGgFcVUW", -451_737_734_400),
            "-12345|-124|55|-12346|54|-12345-01-01|Fri Jan  1 00:00:00 -12345|53|00|00|"
        );
        assert_eq!(format("Y", 67_768_036_191_676_799), "2147485547|");
        assert_eq!(Date::new(67_768_036_191_676_800, ZoneOffset::utc("")), None);
        assert_eq!(format("Y", -67_768_040_609_740_800), "-2147481748|");
        assert_eq!(Date::new(-67_768_040_609_740_801, ZoneOffset::utc("")), None);
        assert_eq!(Date::new(i64::MAX, ZoneOffset::utc("")), None);
        assert_eq!(Date::new(i64::MIN, ZoneOffset::utc("")), None);
    }

    #[test]
    fn days_count_back_and_forth() {
        let mut day = -1_000_000;
        while day < 1_000_000 {
            let (year, month, of_month) = month_of_day(day);
            assert_eq!(days_to_month(year, month) + of_month - 1, day);
            day += 37;
        }
    }

    /// Central European Time of 2020.
    fn paris(time: i64) -> ZoneOffset {
        let is_dst = (1_585_443_600..1_603_587_600).contains(&time);
        let seconds_east = if is_dst { 7200 } else { 3600 };
        ZoneOffset { seconds_east, is_dst, name: String::new() }
    }

    fn time(fields: [i32; 6], is_dst: Option<bool>) -> i64 {
        let [year, month, day, hour, minute, second] = fields;
        let (year, month) = (year - 1900, month - 1);
        let fields = Fields { year, month, day, hour, minute, second, is_dst };
        Date::from_fields(&fields, &mut 0, paris).unwrap().0
    }

    #[test]
    fn summer_time() {
        for (is_dst, skipped, twice, summer, winter) in [
            (None, 1585445400, 1603589400, 1593554400, 1577833200),
            (Some(false), 1585445400, 1603589400, 1593558000, 1577833200),
            (Some(true), 1585441800, 1603585800, 1593554400, 1577829600),
        ] {
            assert_eq!(time([2020, 3, 29, 2, 30, 0], is_dst), skipped, "{is_dst:?}");
            assert_eq!(time([2020, 10, 25, 2, 30, 0], is_dst), twice, "{is_dst:?}");
            assert_eq!(time([2020, 7, 1, 0, 0, 0], is_dst), summer, "{is_dst:?}");
            assert_eq!(time([2020, 1, 1, 0, 0, 0], is_dst), winter, "{is_dst:?}");
        }
    }

    #[test]
    fn fields_are_normalized() {
        assert_eq!(time([2020, 1, 1, 0, 0, 0], None), time([2019, 13, 1, 0, 0, 0], None));
        assert_eq!(time([2020, 1, 1, 0, 0, 0], None), time([2020, 0, 32, 0, 0, 0], None));
        assert_eq!(time([2020, 1, 1, 0, 0, 0], None), time([2019, 12, 31, 23, 59, 60], None));
        assert_eq!(time([2020, 1, 1, 0, 0, 0], None), time([2020, 1, 1, 1, -60, 0], None));
        let most =
            Fields { year: i32::MAX, month: 11, day: 31, second: 86_400, ..Default::default() };
        assert!(Date::from_fields(&most, &mut 0, |_| ZoneOffset::utc("")).is_none());
    }
}
