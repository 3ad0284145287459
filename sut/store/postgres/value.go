package postgres

import (
	"encoding/binary"
	"fmt"
	"strconv"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
)

// argument is a value as it is sent: integers in 8 bytes if the place takes them in binary, else in digits.
func argument(value any, isBinary bool) ([]byte, error) {
	var n int64
	switch v := value.(type) {
	case []byte:
		if v == nil {
			v = []byte{} // nil would be NULL
		}
		return v, nil
	case string:
		if !store.Text(v) {
			return nil, store.ErrText
		}
		return []byte(v), nil
	case ledger.Event:
		return []byte(v), nil
	case bool:
		return appendBool(nil, v), nil
	case int:
		n = int64(v)
	case int64:
		n = v
	case uint64:
		n = int64(v)
	case ledger.Fen:
		n = int64(v)
	default:
		return nil, fmt.Errorf("a %T: want an integer, fen, a string, bytes or a bool", value)
	}
	if isBinary {
		return binary.BigEndian.AppendUint64(nil, uint64(n)), nil
	}
	return strconv.AppendInt(nil, n, 10), nil
}

func appendBool(b []byte, v bool) []byte {
	if v {
		return append(b, 1)
	}
	return append(b, 0)
}

// scan reads a row into the pointers that Fields gives.
func scan(dest []any, row [][]byte, formats []int16) error {
	if len(row) != len(dest) {
		return fmt.Errorf("a row of %d columns, wanted for %d fields", len(row), len(dest))
	}
	for i, v := range row {
		if err := scanValue(dest[i], v, formats == nil || formats[i] == 1); err != nil {
			return fmt.Errorf("column %d of the row: %w", i+1, err)
		}
	}
	return nil
}

func scanValue(dest any, v []byte, isBinary bool) error {
	if v == nil {
		return fmt.Errorf("NULL, wanted for a %T", dest)
	}
	switch p := dest.(type) {
	case *string:
		*p = string(v)
		return nil
	case *[]byte:
		*p = append(make([]byte, 0, len(v)), v...)
		return nil
	case *bool:
		*p = len(v) == 1 && v[0] == 1
		return nil
	}
	n, err := integer(v, isBinary)
	switch p := dest.(type) {
	case *int64:
		*p = n
	case *ledger.Fen:
		*p = ledger.Fen(n)
	case *uint64:
		*p = uint64(n)
	default:
		return fmt.Errorf("no column can be read into a %T", dest)
	}
	return err
}

// integer reads a bigint, or the digits of a type that is not sent in binary, such as the numeric of a sum.
func integer(v []byte, isBinary bool) (int64, error) {
	if !isBinary {
		return strconv.ParseInt(string(v), 10, 64)
	}
	if len(v) != 8 {
		return 0, fmt.Errorf("%d bytes, want the 8 of a bigint", len(v))
	}
	return int64(binary.BigEndian.Uint64(v)), nil
}
