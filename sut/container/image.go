package container

import (
	"archive/tar"
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"
)

// pull gets an image that this machine does not have. testcontainers-go would do it too, but tries again for a quarter of
// an hour where no registry is reached.
func pull(ctx context.Context, docker client.APIClient, image string) error {
	if _, err := docker.ImageInspect(ctx, image); !errdefs.IsNotFound(err) {
		return err
	}
	answer, err := docker.ImagePull(ctx, image, client.ImagePullOptions{})
	if err == nil {
		err = answer.Wait(ctx)
	}
	if err != nil {
		return fmt.Errorf("pulling the image %s, which this machine does not have: %w", image, err)
	}
	return nil
}

// nobody is the user that the service runs as in its container: no name, no right.
const nobody = 65532

// importImage makes an image that holds one static binary as /peakday and a /tmp to write to.
func importImage(ctx context.Context, docker client.APIClient, name, binary string) error {
	if err := static(binary); err != nil {
		return err
	}
	r, w := io.Pipe()
	go func() { w.CloseWithError(pack(w, binary)) }()
	defer r.Close() // ends pack if Docker has not read all
	answer, err := docker.ImageImport(ctx, client.ImageImportSource{Source: r, SourceName: "-"}, name, client.ImageImportOptions{
		Changes: []string{
			`ENTRYPOINT ["/peakday"]`,
			"ENV TMPDIR=/tmp",
			fmt.Sprintf("USER %d:%d", nobody, nobody),
			"VOLUME /tmp",
			fmt.Sprintf("LABEL %s=%q", ownerLabel, owner()),
		},
	})
	if err == nil {
		_, err = io.Copy(io.Discard, answer)
		err = errors.Join(err, answer.Close())
	}
	if err != nil {
		return fmt.Errorf("making an image of %s: %w", binary, err)
	}
	return nil
}

// static refuses what cannot run in an empty image.
func static(binary string) error {
	f, err := elf.Open(binary)
	if err != nil {
		return fmt.Errorf("%s: %w: want a Linux binary, built with GOOS=linux CGO_ENABLED=0", binary, err)
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			return fmt.Errorf("%s is linked dynamically: want a static binary, built with CGO_ENABLED=0", binary)
		}
	}
	return nil
}

// pack writes the files of the image.
func pack(w io.Writer, binary string) error {
	f, err := os.Open(binary)
	if err != nil {
		return err
	}
	defer f.Close()
	stat, err := f.Stat()
	if err != nil {
		return err
	}
	t := tar.NewWriter(w)
	// A new volume takes its owner and mode from the directory that it covers.
	if err := t.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: "tmp/", Mode: 0o1777}); err != nil {
		return err
	}
	if err := t.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "peakday", Mode: 0o755, Size: stat.Size()}); err != nil {
		return err
	}
	if _, err := io.Copy(t, f); err != nil {
		return err
	}
	return t.Close()
}
