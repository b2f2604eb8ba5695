// Writes edits into workbooks with a program from npm: a job as JSON comes in, its outcome goes out.
//
// Job: {program, files: [{template, out, format, sheet, puts: [{cell, kind, value, shown_as}]}]}
// Outcome: {version, cannot: {out: [kinds of edit that the program does not offer]}}

const fs = require('fs');
const path = require('path');

class Cannot extends Error {}

function moment(text) {
  return new Date(text.includes('T') ? text : `${text}T00:00`);
}

function serial(text) {
  const utc = Date.parse(text.includes('T') ? `${text}Z` : `${text}T00:00Z`);
  return utc / 86400000 + 25569;
}

function parted(text) {
  const at = text.indexOf(' ');
  return [text.slice(0, at), text.slice(at)];
}

async function exceljs(file, puts) {
  const ExcelJS = require('exceljs');
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(file.template);
  const sheet = book.getWorksheet(file.sheet);
  const ways = {
    text: (cell, put) => { cell.value = put.value; },
    number: (cell, put) => { cell.value = put.value; },
    date: (cell, put) => { cell.value = new Date(`${put.value.padEnd(16, 'T00:00')}:00Z`); },
    boolean: (cell, put) => { cell.value = put.value; },
    formula: (cell, put) => { cell.value = { formula: put.value, result: put.result }; },
    error: (cell, put) => { cell.value = { error: put.value }; },
    rich: (cell, put) => {
      const [bold, rest] = parted(put.value);
      cell.value = { richText: [{ text: bold, font: { bold: true } }, { text: rest }] };
    },
    strike: (cell, put) => {
      cell.value = put.value;
      cell.style = { ...cell.style, font: { ...cell.font, strike: true } };
    },
    note: (cell, put) => { cell.note = put.value; },
    blank: (cell) => { cell.value = null; },
  };
  puts((put) => {
    if (!ways[put.kind]) throw new Cannot();
    const cell = sheet.getCell(put.cell);
    ways[put.kind](cell, put);
    if (put.shown_as) cell.style = { ...cell.style, numFmt: put.shown_as };
  });
  if (file.format === 'csv') await book.csv.writeFile(file.out, { sheetName: file.sheet });
  else await book.xlsx.writeFile(file.out);
}

async function sheetjs(file, puts) {
  const XLSX = require('xlsx');
  const book = XLSX.readFile(file.template, { cellStyles: true, cellDates: true, cellNF: true });
  const sheet = book.Sheets[file.sheet];
  const ways = {
    text: (put) => ({ t: 's', v: put.value }),
    number: (put) => ({ t: 'n', v: put.value }),
    date: (put) => ({ t: 'd', v: moment(put.value) }),
    boolean: (put) => ({ t: 'b', v: put.value }),
    formula: (put) => ({ t: typeof put.result === 'number' ? 'n' : 's', f: put.value, v: put.result }),
    error: () => ({ t: 'e', v: 0x2a }),
    note: (put) => ({ ...sheet[put.cell], c: [{ a: 'A lead', t: put.value }] }),
    blank: () => undefined,
  };
  puts((put) => {
    if (!ways[put.kind]) throw new Cannot();
    const made = ways[put.kind](put);
    if (made === undefined) delete sheet[put.cell];
    else sheet[put.cell] = put.shown_as ? { ...made, z: put.shown_as } : made;
  });
  const types = { xls: 'biff8', xml: 'xlml' };
  const bookType = types[file.format] || file.format;
  const alone = bookType === 'csv' ? { sheet: file.sheet } : {};
  XLSX.writeFile(book, file.out, { bookType, ...alone });
}

async function populate(file, puts) {
  const XlsxPopulate = require('xlsx-populate');
  const book = await XlsxPopulate.fromFileAsync(file.template);
  const sheet = book.sheet(file.sheet);
  const ways = {
    text: (cell, put) => cell.value(put.value),
    number: (cell, put) => cell.value(put.value),
    date: (cell, put) => cell.value(moment(put.value)),
    boolean: (cell, put) => cell.value(put.value),
    formula: (cell, put) => cell.formula(put.value),
    rich: (cell, put) => {
      const [bold, rest] = parted(put.value);
      cell.value(new XlsxPopulate.RichText().add(bold, { bold: true }).add(rest));
    },
    strike: (cell, put) => cell.value(put.value).style('strikethrough', true),
    blank: (cell) => cell.value(undefined),
  };
  puts((put) => {
    if (!ways[put.kind]) throw new Cannot();
    const cell = sheet.cell(put.cell);
    ways[put.kind](cell, put);
    if (put.shown_as) cell.style('numberFormat', put.shown_as);
  });
  await book.toFileAsync(file.out);
}

let started = null;

async function excelize(file, puts) {
  const { init } = require('excelize-wasm');
  const folder = path.dirname(require.resolve('excelize-wasm'));
  started = started || (await init(path.join(folder, 'excelize.wasm.gz')));
  const book = started.OpenReader(new Uint8Array(fs.readFileSync(file.template)));
  const done = (found) => {
    if (found.error) throw new Error(found.error);
    return found;
  };
  done(book);
  const name = file.sheet;
  const restyled = (at, change) => {
    const { style: before } = done(book.GetCellStyle(name, at));
    const { style: look } = done(book.GetStyle(before));
    const { style } = done(book.NewStyle({ ...look, ...change(look) }));
    done(book.SetCellStyle(name, at, at, style));
  };
  const ways = {
    text: (at, put) => book.SetCellStr(name, at, put.value),
    number: (at, put) => book.SetCellValue(name, at, put.value),
    date: (at, put) => book.SetCellValue(name, at, serial(put.value)),
    boolean: (at, put) => book.SetCellBool(name, at, put.value),
    formula: (at, put) => book.SetCellFormula(name, at, put.value),
    rich: (at, put) => {
      const [bold, rest] = parted(put.value);
      return book.SetCellRichText(name, at, [{ Text: bold, Font: { Bold: true } }, { Text: rest }]);
    },
    strike: (at, put) => {
      restyled(at, (look) => ({ Font: { ...look.Font, Strike: true } }));
      return book.SetCellStr(name, at, put.value);
    },
    note: (at, put) => book.AddComment(name, { Cell: at, Author: 'A lead', Text: put.value }),
    blank: (at) => book.SetCellDefault(name, at, ''),
  };
  puts((put) => {
    if (!ways[put.kind]) throw new Cannot();
    done(ways[put.kind](put.cell, put));
    if (put.shown_as) restyled(put.cell, () => ({ CustomNumFmt: put.shown_as }));
  });
  fs.writeFileSync(file.out, Buffer.from(done(book.WriteToBuffer()).buffer));
}

const PROGRAMS = {
  exceljs: [exceljs, 'exceljs'],
  SheetJS: [sheetjs, 'xlsx'],
  'xlsx-populate': [populate, 'xlsx-populate'],
  'excelize-wasm': [excelize, 'excelize-wasm'],
};

async function main() {
  const job = JSON.parse(fs.readFileSync(0, 'utf8'));
  const [write, name] = PROGRAMS[job.program];
  const folder = process.env.NODE_PATH;
  const { version } = JSON.parse(fs.readFileSync(path.join(folder, name, 'package.json'), 'utf8'));
  const cannot = {};
  for (const file of job.files) {
    const lacking = [];
    await write(file, (put) => {
      for (const each of file.puts) {
        try {
          put(each);
        } catch (error) {
          if (!(error instanceof Cannot)) throw error;
          lacking.push(each.cell);
        }
      }
    });
    cannot[file.out] = lacking;
  }
  process.stdout.write(JSON.stringify({ version, cannot }), () => process.exit(0));
}

main();
