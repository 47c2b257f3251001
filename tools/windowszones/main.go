// Command windowszones prints internal/catalog/windows_zones.go, the table of Windows time zones. The names are those of
// Unicode CLDR, which Unicode publishes as the npm packages cldr-core and cldr-bcp47; the clocks are those of the IANA time
// zone database, in the npm package moment-timezone. For other versions, get all three and unpack them:
//
//	npm pack cldr-core@48.2.0 cldr-bcp47@48.2.0 moment-timezone@0.6.6
//	mkdir core bcp47 moment
//	tar -xzf cldr-core-48.2.0.tgz -C core
//	tar -xzf cldr-bcp47-48.2.0.tgz -C bcp47
//	tar -xzf moment-timezone-0.6.6.tgz -C moment
//	go run ./tools/windowszones core/package bcp47/package moment/package > zones.go
//	mv zones.go internal/catalog/windows_zones.go
//
// A zone whose clock is not that of its Windows zone any more is an error that says what to do.
package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "windowszones:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	const packages = 3
	if len(args) != packages {
		return errors.New("usage: windowszones cldr-core-directory cldr-bcp47-directory moment-timezone-directory > windows_zones.go")
	}
	return generate(os.DirFS(args[0]), os.DirFS(args[1]), os.DirFS(args[2]), out)
}

// generate reads the packages cldr-core, cldr-bcp47 and moment-timezone, and writes Go.
func generate(core, bcp47, moment fs.FS, out io.Writer) error {
	version, err := packageVersion(core, "cldr-core")
	if err != nil {
		return err
	}
	other, err := packageVersion(bcp47, "cldr-bcp47")
	if err != nil {
		return err
	}
	if version != other {
		return fmt.Errorf("cldr-core is of version %s and cldr-bcp47 of %s; they must be of one", version, other)
	}
	licence, err := fs.ReadFile(core, "LICENSE")
	if err != nil {
		return err
	}
	mains, names, err := readWindowsZones(core)
	if err != nil {
		return err
	}
	aliases, err := readAliases(bcp47)
	if err != nil {
		return err
	}
	known, err := readClocks(moment)
	if err != nil {
		return err
	}
	t, err := newTable(mains, names, aliases, known)
	if err != nil {
		return err
	}
	t.cldr = version
	return t.write(out, string(licence))
}
