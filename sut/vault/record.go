package vault

import (
	"encoding/hex"
	"fmt"
	"strconv"
)

// A Record is an event with its place in the log.
type Record struct {
	Seq   int64 `json:"seq"` // lane·10¹² + 1, 2, 3, … without gaps inside a lane
	Hash  Hash  `json:"hash"`
	Event Event `json:"event"`
}

// AppendHeader appends the first line of an export, which names the log: {"log":"3a…"} and a newline.
func AppendHeader(b []byte, log string) []byte {
	return append(header{log}.appendJSON(b), '\n')
}

type header struct {
	Log string `json:"log"`
}

func (h header) appendJSON(b []byte) []byte {
	return append(appendQuoted(append(b, `{"log":`...), h.Log), '}')
}

// AppendLine appends the record's line of the export, which [Verify] reads: canonical JSON and a newline.
//
//	{"event":{"actor":"clerk-3",…},"hash":"5f…","seq":12}
//
// Inside a lane, records are exported by rising number. Lanes may be mixed in any way; exported side by side as they
// grew, and not one after the other, they let Verify forget each checkpoint soon.
func (r Record) AppendLine(b []byte) []byte { return append(r.appendJSON(b), '\n') }

func (r Record) appendJSON(b []byte) []byte {
	b = r.Event.AppendJSON(append(b, `{"event":`...))
	b = hex.AppendEncode(append(b, `,"hash":"`...), r.Hash[:])
	b = strconv.AppendInt(append(b, `","seq":`...), r.Seq, 10)
	return append(b, '}')
}

func parseRecord(line []byte) (Record, error) {
	var r Record
	if err := parseCanonical(line, &r, func(b []byte) []byte { return r.appendJSON(b) }); err != nil {
		return r, err
	}
	return r, checkSeq(r.Seq)
}

const (
	laneSize = 1_000_000_000_000
	maxLanes = 1024 // far more connections than write; bounds what Verify remembers
)

func laneOf(seq int64) int    { return int(seq / laneSize) }
func ordinal(seq int64) int64 { return seq % laneSize }
func checkSeq(seq int64) error {
	if seq < 1 || ordinal(seq) == 0 || laneOf(seq) >= maxLanes {
		return fmt.Errorf("number %d: want lane·10¹² + n, with a lane below %d and n from 1", seq, maxLanes)
	}
	return nil
}
