package vault

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// maxLine is more than a record of fields of MaxField takes, or a checkpoint of all lanes, so a file without newlines
// is refused before it fills the memory.
const maxLine = 128 << 10

// lines reads a stream of lines that each end in a newline.
type lines struct {
	stream string
	in     *bufio.Reader
	n      int  // number of the line that next returned
	ended  bool // so that a file is not asked again and again at its end
}

func newLines(stream string, r io.Reader) *lines {
	return &lines{stream: stream, in: bufio.NewReaderSize(r, maxLine)}
}

// next returns the next line without its newline, good until the next call, or io.EOF.
func (l *lines) next() ([]byte, error) {
	if l.ended {
		return nil, io.EOF
	}
	line, err := l.in.ReadSlice('\n')
	if l.ended = err == io.EOF; l.ended && len(line) == 0 {
		return nil, io.EOF
	}
	l.n++
	switch {
	case err == nil:
		return line[:len(line)-1], nil
	case err == io.EOF:
		return nil, l.malformed("the file ends inside this line: take a whole export")
	case errors.Is(err, bufio.ErrBufferFull):
		return nil, l.malformed(fmt.Sprintf("longer than %d bytes", maxLine))
	}
	return nil, fmt.Errorf("reading %s, line %d: %w", l.stream, l.n, err)
}

func (l *lines) malformed(detail string) *Fault {
	return &Fault{Kind: Malformed, Stream: l.stream, Line: l.n, Detail: detail}
}
