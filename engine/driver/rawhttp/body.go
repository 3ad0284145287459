package rawhttp

import (
	"bytes"
	"fmt"
)

var errChunkLine = fmt.Errorf("%w: a chunk-size line of more than %d bytes", errMalformed, chunkLine)

// body takes bytes of the body, or of the chunk, at hand.
func (a *answer) body(p []byte) (rest []byte, err error) {
	part := p
	if a.at == inRest {
		if a.size += int64(len(p)); a.size > a.maxBody {
			return nil, a.tooMuch()
		}
		a.keep(part)
		return nil, nil
	}
	if int64(len(p)) > a.left {
		part = p[:a.left]
	}
	a.keep(part)
	if a.left -= int64(len(part)); a.left == 0 {
		if a.at == inBody {
			a.at = atEnd
		} else {
			a.at, a.left = inChunkEnd, 2
		}
	}
	return p[len(part):], nil
}

// keep keeps all of it where that was asked for, else the start of a body that is not 2xx.
func (a *answer) keep(part []byte) {
	if !a.all {
		if a.status >= 200 && a.status <= 299 || len(a.kept) == bodyStart {
			return
		}
		part = part[:min(len(part), bodyStart-len(a.kept))]
	}
	a.kept = append(a.kept, part...)
}

// chunkSize takes the line before a chunk: "1a2b;extension\r\n". Extensions are passed over.
func (a *answer) chunkSize(line []byte) error {
	if len(line) > chunkLine {
		return errChunkLine
	}
	text, ok := bytes.CutSuffix(line, []byte("\r\n"))
	digits, _, _ := bytes.Cut(text, []byte{';'})
	digits = bytes.TrimRight(digits, " \t")
	var size int64
	for _, c := range digits {
		digit, hex := hexDigit(c)
		ok = ok && hex && size < 1<<58
		size = size<<4 | digit
	}
	if !ok || len(digits) == 0 {
		return fmt.Errorf("%w: chunk-size line %.40q", errMalformed, line)
	}
	switch a.left = size; {
	case size == 0:
		a.at, a.headSize = inTrailer, 0
	case size > a.maxBody-a.size:
		return a.tooMuch()
	default:
		a.at = inChunk
		a.size += size
	}
	return nil
}

func hexDigit(c byte) (digit int64, ok bool) {
	switch {
	case '0' <= c && c <= '9':
		return int64(c - '0'), true
	case 'a' <= c && c <= 'f':
		return int64(c-'a') + 10, true
	case 'A' <= c && c <= 'F':
		return int64(c-'A') + 10, true
	}
	return 0, false
}

// chunkEnd takes the CR and then the LF after a chunk.
func (a *answer) chunkEnd(p []byte) (rest []byte, err error) {
	if p[0] != "\n\r"[a.left-1] {
		return nil, fmt.Errorf("%w: %q after a chunk, want CR LF", errMalformed, p[0])
	}
	if a.left--; a.left == 0 {
		a.at = inChunkSize
	}
	return p[1:], nil
}
