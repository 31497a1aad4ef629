//! Rows of a Parquet file as packed records, for a trace that is not held as a whole: texts are
//! looked up once for each entry of a dictionary, and of most rows only numbers are seen.
//!
//! Whatever is unusual makes it give up; the plain way of reading then says what is right.

use parquet::basic::Type;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::statistics::Statistics;

use super::agents::Agents;
use super::columns::{find_columns, guarded, unit_of};
use super::deeds::{Deeds, UNKNOWN};
use super::file::SharedFile;
use super::instants::Instants;
use super::page::Column;
use super::texts::Texts;
use crate::model::Instant;
use crate::trace::read::COLUMNS;
use crate::trace::stream::{Ends, GaveUp, Roll, Rows};
use crate::trace::timestamp::{TsUnit, floor_to_millis};
use crate::trace::{Record, Source, Vocabulary};

/// Rows at a time: what is known of them stays in the nearest caches.
const BATCH: usize = 4_096;

/// The rows of a file.
pub(super) struct ParquetRows {
    file: SerializedFileReader<SharedFile>,
    /// By [`COLUMNS`]: where in the file, of what type, and whether there may be nulls.
    places: [Option<(usize, Type, bool)>; COLUMNS.len()],
    unit: Option<TsUnit>,
    deeds: Deeds,
    /// The next row group.
    group: usize,
    open: Option<Group>,
    /// Whether only who the rows are by is read.
    only_agents: bool,
    instants: Vec<i64>,
    codes: Vec<u32>,
    keys: Vec<u32>,
    agents: Vec<u32>,
}

/// A row group that is being read.
struct Group {
    left: usize,
    instants: Option<Column<Instants>>,
    agents: Agents,
    deeds: Vec<Named>,
}

/// A column of names.
struct Named {
    /// Of app, API and action, which it is.
    place: usize,
    column: Column<Texts>,
    /// By text: what it adds to the keys of rows.
    adds: Vec<u32>,
}

/// Opens the rows of a file, if they can be read one after the other.
pub(super) fn open(source: Source<'_>, vocabulary: &Vocabulary) -> Result<Box<dyn Rows>, GaveUp> {
    let name = source.name.to_owned();
    let file = source.input.seekable().and_then(SharedFile::new).map_err(|_| GaveUp::DAMAGED)?;
    let file = SerializedFileReader::new(file);
    let file = guarded(&name, || file.map_err(|error| error.to_string()));
    let file = file.map_err(|_| GaveUp::DAMAGED)?;
    let schema = file.metadata().file_metadata().schema_descr_ptr();
    let found = find_columns(schema.columns(), &name).map_err(|_| GaveUp::DAMAGED)?;
    let places = found.map(|column| {
        column.map(|(index, about)| (index, about.physical_type(), about.max_def_level() > 0))
    });
    let [Some((_, about)), ..] = found else { return Err(GaveUp::DAMAGED) };
    if about.physical_type() != Type::INT64 {
        return Err(GaveUp::ENCODING);
    }
    let [_, _, _, rest @ ..] = places.map(|place| place.is_some());
    Ok(Box::new(ParquetRows {
        unit: unit_of(about).or(source.options.ts_unit),
        deeds: Deeds::new(vocabulary, rest)?,
        file,
        places,
        group: 0,
        open: None,
        only_agents: false,
        instants: Vec::new(),
        codes: Vec::new(),
        keys: Vec::new(),
        agents: Vec::new(),
    }))
}

impl ParquetRows {
    /// Opens the next row group that has rows.
    fn open_group(&mut self) -> Result<bool, GaveUp> {
        while self.group < self.file.num_row_groups() {
            let number = self.group;
            self.group += 1;
            let rows = self.file.metadata().row_group(number).num_rows();
            let left = usize::try_from(rows).map_err(|_| GaveUp::DAMAGED)?;
            if left > 0 {
                self.open = Some(self.group(number, left)?);
                return Ok(true);
            }
        }
        self.open = None;
        Ok(false)
    }

    fn group(&self, number: usize, left: usize) -> Result<Group, GaveUp> {
        let group = self.file.get_row_group(number).map_err(|_| GaveUp::DAMAGED)?;
        let pages = |index| {
            guarded("", || group.get_column_page_reader(index).map_err(|error| error.to_string()))
                .map_err(|_| GaveUp::DAMAGED)
        };
        let texts = |place: usize| {
            self.places[place]
                .map(|(index, kind, is_optional)| {
                    Ok(Column::new(pages(index)?, is_optional, Texts::new(kind)?))
                })
                .transpose()
        };
        let (mut instants, mut deeds) = (None, Vec::new());
        if !self.only_agents {
            let (index, _, is_optional) = self.places[0].ok_or(GaveUp::DAMAGED)?;
            instants = Some(Column::new(pages(index)?, is_optional, Instants::new(self.unit)));
            for place in 0..3 {
                if let Some(column) = texts(place + 3)? {
                    deeds.push(Named { place, column, adds: Vec::new() });
                }
            }
        }
        let agents = Agents::new(texts(1)?.ok_or(GaveUp::DAMAGED)?, texts(2)?);
        Ok(Group { left, instants, agents, deeds })
    }

    /// Reads who did what is in the next rows, and how many these are; none at the end.
    fn next_agents(&mut self, roll: &mut Roll<'_>) -> Result<usize, GaveUp> {
        while self.open.as_ref().is_none_or(|group| group.left == 0) {
            if !self.open_group()? {
                return Ok(0);
            }
        }
        let group = self.open.as_mut().ok_or(GaveUp::DAMAGED)?;
        let count = group.left.min(BATCH);
        group.left -= count;
        group.agents.read(count, roll, &mut self.agents)?;
        Ok(count)
    }

    /// Reads what was done in the next `count` rows as keys of deeds.
    fn read_keys(&mut self, count: usize) -> Result<(), GaveUp> {
        self.keys.clear();
        self.keys.resize(count, 0);
        self.codes.resize(count, 0);
        let group = self.open.as_mut().ok_or(GaveUp::DAMAGED)?;
        for Named { place, column, adds } in &mut group.deeds {
            adds.truncate(column.values.kept());
            column.values.forget_rows();
            column.read(&mut self.codes)?;
            self.deeds.learn(*place, &column.values, adds);
            for (key, code) in self.keys.iter_mut().zip(&self.codes) {
                *key += adds.get(*code as usize).copied().unwrap_or(UNKNOWN);
            }
        }
        Ok(())
    }

    /// The least and the greatest instant of a row group, if its statistics tell.
    fn told_ends(&self, column: &ColumnChunkMetaData) -> Option<Ends> {
        let Some(Statistics::Int64(told)) = column.statistics() else { return None };
        let mut both = [*told.min_opt()?, *told.max_opt()?];
        // The unit of plain numbers follows from their size, so that a greater one may be earlier:
        // not if both are so large that they can only be milliseconds or finer, and alike.
        let digits = both.map(|number| number.max(0).checked_ilog10().unwrap_or(0));
        if told.null_count_opt() != Some(0)
            || !told.min_is_exact()
            || !told.max_is_exact()
            || self.unit.is_none() && (digits[0] != digits[1] || both[0] <= 0)
        {
            return None;
        }
        floor_to_millis(&mut both, self.unit).ok()?;
        Some(Ends { first: both[0], last: both[1] })
    }
}

impl Rows for ParquetRows {
    fn rows(&self) -> u64 {
        self.file.metadata().file_metadata().num_rows().try_into().unwrap_or(0)
    }

    fn rewind(&mut self) {
        (self.group, self.open, self.only_agents) = (0, None, false);
    }

    fn next_agents_only(&mut self, roll: &mut Roll<'_>) -> Result<Option<&[u32]>, GaveUp> {
        self.only_agents = true;
        let count = self.next_agents(roll)?;
        Ok((count > 0).then_some(&self.agents[..count]))
    }

    fn ends(&mut self) -> Result<Option<Ends>, GaveUp> {
        let (index, _, is_optional) = self.places[0].ok_or(GaveUp::DAMAGED)?;
        let mut whole = Ends::NONE;
        for number in 0..self.file.num_row_groups() {
            let about = self.file.metadata().row_group(number);
            let mut left = usize::try_from(about.num_rows()).map_err(|_| GaveUp::DAMAGED)?;
            if left == 0 {
                continue;
            }
            if let Some(told) = self.told_ends(about.column(index)) {
                whole = whole.with(told);
                continue;
            }
            let group = self.file.get_row_group(number).map_err(|_| GaveUp::DAMAGED)?;
            let pages = group.get_column_page_reader(index).map_err(|_| GaveUp::DAMAGED)?;
            let mut column = Column::new(pages, is_optional, Instants::new(self.unit));
            while left > 0 {
                self.instants.resize(left.min(BATCH), 0);
                column.read(&mut self.instants)?;
                for at in &self.instants {
                    whole = whole.with(Ends { first: *at, last: *at });
                }
                left -= self.instants.len();
            }
        }
        Ok(Some(whole).filter(|ends| *ends != Ends::NONE))
    }

    fn next(
        &mut self,
        roll: &mut Roll<'_>,
        records: &mut Vec<Record>,
    ) -> Result<Option<Ends>, GaveUp> {
        let count = self.next_agents(roll)?;
        if count == 0 {
            return Ok(None);
        }
        self.read_keys(count)?;
        self.instants.resize(count, 0);
        let group = self.open.as_mut().ok_or(GaveUp::DAMAGED)?;
        group.instants.as_mut().ok_or(GaveUp::DAMAGED)?.read(&mut self.instants)?;
        let start = records.len();
        records.resize(start + count, Record::BLANK);
        let (mut all_good, mut ends) = (true, Ends::NONE);
        let rows = self.instants.iter().zip(&self.agents).zip(&self.keys);
        for (record, ((at, agent), key)) in records[start..].iter_mut().zip(rows) {
            let (deed, is_good) = self.deeds.find(*key);
            all_good &= is_good;
            ends = Ends { first: ends.first.min(*at), last: ends.last.max(*at) };
            *record = deed.done(Instant::from_millis(*at), *agent);
        }
        if all_good { Ok(Some(ends)) } else { Err(GaveUp::BROKEN) }
    }
}
