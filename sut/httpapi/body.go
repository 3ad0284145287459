package httpapi

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/traffic"
)

// The largest bodies taken, in bytes, unpacked.
const (
	MaxBody = 64 << 10 // JSON; a bill of 500 lines fits
	MaxFile = 8 << 20  // a declaration of 50,000 lines, or the file of a bank's day
)

// maxRatio is how many times its size a gzip body may unpack to. What people file comes to 5 to 20 times; gzip itself
// goes to 1,032.
const maxRatio = 100

// readBody reads a body in one of the media types, checks the digest that was signed, and unpacks it.
func (x *exchange) readBody(limit int64, types ...string) (body []byte, mediaType string, err error) {
	mediaType, _, err = mime.ParseMediaType(x.r.Header.Get("Content-Type"))
	if err != nil || !slices.Contains(types, mediaType) {
		want := strings.Join(types, ", ")
		return nil, "", problem(http.StatusUnsupportedMediaType, "unsupported-type", "Content-Type: want "+want).with("Accept", want)
	}
	if body, err = readAll(http.MaxBytesReader(x.w, x.r.Body, limit), x.r.ContentLength, limit); err != nil {
		return nil, "", err
	}
	if x.digest != "" && x.digest != traffic.ContentDigest(body) {
		return nil, "", problem(http.StatusBadRequest, "bad-digest", "Content-Digest is not that of the body: want one sha-256 of it as it was sent")
	}
	switch coding := x.r.Header.Get("Content-Encoding"); coding {
	case "", "identity":
	case "gzip":
		if body, err = unpack(body, limit); err != nil {
			return nil, "", err
		}
	default:
		return nil, "", problem(http.StatusUnsupportedMediaType, "unsupported-coding", "Content-Encoding: want gzip or none").with("Accept-Encoding", "gzip")
	}
	return body, mediaType, nil
}

// readAll reads a body of a length that was announced, or -1.
func readAll(r io.Reader, length, limit int64) ([]byte, error) {
	if length > limit {
		return nil, tooLarge(limit)
	}
	var b bytes.Buffer
	if length > 0 {
		b.Grow(int(length) + bytes.MinRead)
	}
	_, err := b.ReadFrom(r)
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, tooLarge(limit)
	}
	if err != nil || length >= 0 && int64(b.Len()) < length {
		return nil, problem(http.StatusBadRequest, "body-cut", "the body ended before its length")
	}
	return b.Bytes(), nil
}

// unpack undoes gzip as long as what comes out stays inside the limit and in proportion to what went in.
func unpack(packed []byte, limit int64) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, badGzip()
	}
	most := min(limit, maxRatio*int64(len(packed)))
	body, err := io.ReadAll(io.LimitReader(z, most+1))
	if err != nil {
		return nil, badGzip()
	}
	if int64(len(body)) > most {
		if most < limit {
			return nil, problem(http.StatusRequestEntityTooLarge, "body-too-large", fmt.Sprintf("the body unpacks to more than %d times its size", maxRatio))
		}
		return nil, tooLarge(limit)
	}
	return body, nil
}

func badGzip() *Problem {
	return problem(http.StatusBadRequest, "body-cut", "the body is no whole gzip stream")
}

func tooLarge(limit int64) *Problem {
	return problem(http.StatusRequestEntityTooLarge, "body-too-large", fmt.Sprintf("the body is over %d KiB", limit>>10))
}

// decode reads body into v: one JSON object, no field that v does not have.
func decode(body []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return problem(http.StatusBadRequest, "bad-body", "the body is not what is wanted: "+fault(err))
	}
	if _, err := d.Token(); err != io.EOF {
		return problem(http.StatusBadRequest, "bad-body", "the body goes on after its object")
	}
	return nil
}

// fault says what is wrong with a body without quoting the values in it, which may be personal.
func fault(err error) string {
	if kind, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return "field " + kind.Field + " is a " + kind.Value + ", want a " + kind.Type.String()
	}
	if _, ok := errors.AsType[*json.SyntaxError](err); ok || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "want one JSON object"
	}
	if text := err.Error(); !agency.Personal(text) {
		return text // an unknown field by name, or a month or day that cannot be read
	}
	return "it has a field that is not one of this operation"
}

// reply answers with a value.
func reply(w http.ResponseWriter, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	send(w, status, append(body, '\n'))
	return nil
}

func send(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
	}
	w.WriteHeader(status)
	w.Write(body) // the caller may have left
}
