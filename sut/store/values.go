package store

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/peakday/peakday/sut/ledger"
)

// Text tells whether every database takes a text, as a value or to ask for: PostgreSQL takes UTF-8 alone, and no NUL byte.
func Text(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// Values are the values that Fields point to, as a database driver takes them: int64, string, []byte (never nil) or
// bool. It appends them to dst.
func Values(dst []any, fields []any) []any {
	for _, f := range fields {
		dst = append(dst, value(f))
	}
	return dst
}

func value(field any) any {
	switch p := field.(type) {
	case *int64:
		return *p
	case *ledger.Fen:
		return int64(*p)
	case *uint64:
		return int64(*p)
	case *string:
		return *p
	case *bool:
		return *p
	case *[]byte:
		if *p == nil {
			return []byte{}
		}
		return *p
	}
	panic(fmt.Sprintf("store: a column of type %T: want one of those that Record.Fields names", field))
}
