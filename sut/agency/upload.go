package agency

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"io"
	"mime"
	"strconv"
	"strings"
)

// An upload is a file of many lines, each a name and an amount in fen. It is read line by line, so that only what is
// kept of it takes memory. It comes in two spellings:
//
//	application/x-ndjson                                         text/csv
//	{"employer":"E000123","month":"2023-01","lines":2}           E000123,2023-01,2
//	                                                             person,wage_fen
//	{"person":"P00000123","wage_fen":800000}                     P00000123,800000
//	{"person":"P00000124","wage_fen":650000}                     P00000124,650000
//
// The first line is the header, the second of a CSV file names the columns. The header may give the SHA-256 of all that
// follows it, in hexadecimal: what arrived otherwise is refused.
type upload struct {
	r    *bufio.Reader
	csv  bool
	sum  hash.Hash // of what follows the header
	line int       // the number of the one read last, from 1, without header and names
}

// longest is the size of the longest line taken, in bytes. A line of JSON as above has 45.
const longest = 1024

func openUpload(media string, body io.Reader) (*upload, error) {
	u := &upload{r: bufio.NewReaderSize(body, longest), sum: sha256.New()}
	switch kind, _, err := mime.ParseMediaType(media); {
	case err == nil && kind == "text/csv":
		u.csv = true
	case err != nil || kind != "application/x-ndjson":
		return nil, refuse(Malformed, "bad-media-type", "%.40q: want application/x-ndjson or text/csv", media)
	}
	return u, nil
}

// header reads the first line: JSON into v, or the cells of CSV through set.
func (u *upload) header(v any, set func(cells []string) error, names string) error {
	text, err := u.next()
	if err == io.EOF {
		return refuse(Malformed, "no-header", "the file is empty: want a header")
	}
	if err != nil {
		return err
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff")) // a spreadsheet's mark of UTF-8
	if !u.csv {
		if strict(text, v) != nil {
			return refuse(Malformed, "bad-header", "the first line is not the JSON object that is wanted")
		}
		u.sum.Reset()
		return nil
	}
	if err := set(cells(text)); err != nil {
		return refuse(Malformed, "bad-header", "the first line: %v", err)
	}
	u.sum.Reset()
	if text, err = u.next(); err != nil && err != io.EOF {
		return err
	}
	if strings.Join(cells(text), ",") != names {
		return refuse(Malformed, "bad-columns", "the second line names other columns: want %s", names)
	}
	return nil
}

// next is the next line without its end, until the next call; io.EOF after the last one.
func (u *upload) next() ([]byte, error) {
	text, err := u.r.ReadSlice('\n')
	u.sum.Write(text)
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return nil, refuse(Malformed, "long-line", "a line after line %d is over %d bytes", u.line, longest)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, refuse(Malformed, "body-cut", "the file ended before its length, after line %d", u.line)
	case err == io.EOF && len(text) > 0:
		return text, nil // the last line has no end
	case err != nil:
		return nil, err
	}
	return bytes.TrimSuffix(text[:len(text)-1], []byte("\r")), nil
}

// each calls take for every line: with what parse made of JSON or of the two cells of CSV, or with the code of the fault.
// Empty lines are passed over. It ends with a refusal where there are more than most lines, or other than the header said.
func (u *upload) each(most, want int, sum string, parse func([]byte) (string, int64, error), take func(name string, fen int64, fault LineCode)) error {
	for {
		text, err := u.next()
		if err == io.EOF {
			return u.whole(want, sum)
		}
		if err != nil {
			return err
		}
		if len(text) == 0 {
			continue
		}
		if u.line++; u.line > most {
			return refuse(Unprocessable, "too-many-lines", "over %d lines: give several files", most)
		}
		var name string
		var fen int64
		var fault LineCode
		if u.csv {
			name, fen, fault = nameAndFen(text)
		} else if name, fen, err = parse(text); err != nil {
			fault = lineBad
		}
		take(name, fen, fault)
	}
}

// whole compares what was read to what the header promised; 0 and "" promise nothing.
func (u *upload) whole(want int, sum string) error {
	if want != 0 && want != u.line {
		return refuse(Unprocessable, "lines-missing", "%d lines arrived, the header says another number: send the whole file again", u.line)
	}
	if got := hex.EncodeToString(u.sum.Sum(nil)); sum != "" && !strings.EqualFold(sum, got) {
		return refuse(Unprocessable, "hash-mismatch", "the lines arrived with SHA-256 %s, not the header's: send the file again", got)
	}
	return nil
}

// nameAndFen reads the two cells of a line. A cell that a spreadsheet would take for a formula is no name and no number.
func nameAndFen(text []byte) (name string, fen int64, fault LineCode) {
	list := cells(text)
	for _, cell := range list {
		if formula(cell) && !number(cell) {
			return "", 0, lineFormula
		}
	}
	if len(list) != 2 {
		return "", 0, lineBad
	}
	fen, err := strconv.ParseInt(list[1], 10, 64)
	if err != nil {
		return "", 0, lineBad
	}
	return list[0], fen, ""
}

// cells are a line's, without the quotes that spreadsheets put. None of ours can hold a comma or a quote.
func cells(text []byte) []string {
	list := strings.Split(string(text), ",")
	for i, cell := range list {
		if len(cell) >= 2 && cell[0] == '"' && cell[len(cell)-1] == '"' {
			list[i] = cell[1 : len(cell)-1]
		}
	}
	return list
}

// formula tells whether a spreadsheet would run a cell (OWASP, CSV injection).
func formula(cell string) bool {
	return cell != "" && strings.IndexByte("=+-@\t\r", cell[0]) >= 0
}

func number(cell string) bool {
	_, err := strconv.ParseInt(cell, 10, 64)
	return err == nil && cell[0] != '+'
}

// harmless is a cell that no spreadsheet runs: one that looks like a formula gets an apostrophe, numbers stay.
func harmless(cell string) string {
	if formula(cell) && !number(cell) {
		return "'" + cell
	}
	return cell
}

// strict reads one JSON object without fields that v does not have.
func strict(text []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("more than one object")
	}
	return nil
}
