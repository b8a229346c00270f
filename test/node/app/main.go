// A web app as people run them on SkyPilot clusters: it says what it saw of a request, talks over a websocket, sends
// events, and takes and gives large bodies.
//
//	app PORT [ADDRESS [STATUS]]
//
// With a STATUS it answers calls of no path of its own with that.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"

	"github.com/coder/websocket"
)

func main() {
	address := ""
	if len(os.Args) > 2 {
		address = os.Args[2]
	}
	status := http.StatusOK
	if len(os.Args) > 3 {
		status, _ = strconv.Atoi(os.Args[3])
	}
	host, _ := os.Hostname()
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(response http.ResponseWriter, request *http.Request) {
		response.Header().Set("Content-Type", "application/json")
		response.WriteHeader(status)
		_ = json.NewEncoder(response).Encode(map[string]string{
			"pod":  host,
			"path": request.URL.RequestURI(),
			"host": request.Host,
		})
	})
	mux.HandleFunc("/status/{code}", func(response http.ResponseWriter, request *http.Request) {
		code, _ := strconv.Atoi(request.PathValue("code"))
		response.WriteHeader(code)
	})
	mux.HandleFunc("/websocket", echo)
	mux.HandleFunc("/events", events)
	mux.HandleFunc("/upload", func(response http.ResponseWriter, request *http.Request) {
		size, _ := io.Copy(io.Discard, request.Body)
		fmt.Fprint(response, size)
	})
	mux.HandleFunc("/download/{size}", func(response http.ResponseWriter, request *http.Request) {
		size, _ := strconv.ParseInt(request.PathValue("size"), 10, 64)
		response.Header().Set("Content-Length", strconv.FormatInt(size, 10))
		_, _ = io.CopyN(response, zeros{}, size)
	})
	log.Fatal(http.ListenAndServe(net.JoinHostPort(address, os.Args[1]), mux))
}

func echo(response http.ResponseWriter, request *http.Request) {
	connection, err := websocket.Accept(response, request, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return
	}
	defer connection.CloseNow()
	for {
		kind, message, err := connection.Read(request.Context())
		if err != nil || connection.Write(request.Context(), kind, message) != nil {
			return
		}
	}
}

// Three events, each sent before the next is asked for by the clock: a proxy that buffers shows them all at once.
func events(response http.ResponseWriter, request *http.Request) {
	response.Header().Set("Content-Type", "text/event-stream")
	controller := http.NewResponseController(response)
	for i := range 3 {
		fmt.Fprintf(response, "data: %d\n\n", i)
		_ = controller.Flush()
	}
	<-request.Context().Done()
}

type zeros struct{}

func (zeros) Read(buffer []byte) (int, error) {
	clear(buffer)
	return len(buffer), nil
}
