package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
)

// MaxBody is the largest body taken, in bytes; a bill of 500 lines fits.
const MaxBody = 64 << 10

// readBody reads a JSON body.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, problem(http.StatusUnsupportedMediaType, "not-json", "Content-Type: want application/json").with("Accept-Post", "application/json")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, problem(http.StatusRequestEntityTooLarge, "body-too-large", "the body is over 64 KiB")
	}
	if err != nil {
		return nil, problem(http.StatusBadRequest, "body-cut", "the body ended before its length")
	}
	return body, nil
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
	return err.Error() // an unknown field by name, or a month or day that cannot be read
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
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(body) // the caller may have left
}
