package page

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed assets
var assetFiles embed.FS

// asset is a file that pages use. Its name holds a hash of what is in it, so that a browser may keep it for ever.
type asset struct {
	name        string
	contentType string
	content     []byte
}

// assetsByName are the assets by the names they are served by, assetNames those names by the files' own.
var assetsByName, assetNames = func() (map[string]asset, map[string]string) {
	byName, names := map[string]asset{}, map[string]string{}
	files, err := fs.ReadDir(assetFiles, "assets")
	if err != nil {
		panic(err) // embedded by the compiler
	}
	// Not from the machine's own table, which differs from machine to machine.
	types := map[string]string{".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
	for _, file := range files {
		content, err := assetFiles.ReadFile("assets/" + file.Name())
		if err != nil {
			panic(err)
		}
		sum := sha256.Sum256(content)
		extension := path.Ext(file.Name())
		name := strings.TrimSuffix(file.Name(), extension) + "-" + hex.EncodeToString(sum[:6]) + extension
		contentType := mime.FormatMediaType(types[extension], map[string]string{"charset": "utf-8"})
		byName[name] = asset{name, contentType, content}
		names[file.Name()] = name
	}
	return byName, names
}()

// assetPath is where a file of the folder assets is served.
func assetPath(file string) string { return "/assets/" + assetNames[file] }

func (s *site) asset(w http.ResponseWriter, r *http.Request) {
	a, ok := assetsByName[r.PathValue("name")]
	if !ok {
		s.show(w, r, s.failure(r, errNoPage))
		return
	}
	h := w.Header()
	h.Set("Content-Type", a.contentType)
	h.Set("Content-Length", strconv.Itoa(len(a.content)))
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	if r.Method != http.MethodHead {
		_, _ = w.Write(a.content)
	}
}
