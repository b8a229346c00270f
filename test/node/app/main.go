// A web app as people run them on SkyPilot clusters: it says what it saw of a request, talks over a websocket, sends
// events, and takes and gives large bodies.
//
//	app PORT [ADDRESS [STATUS]]
//	app forward LISTEN TARGET
//	app refuse LISTEN
//
// With a STATUS it answers calls of no path of its own with that. `forward` passes connections on, as the Pods of a load
// balancer do. `refuse` resets each connection at its first bytes, as the sidecar of a service mesh does that requires mTLS
// and gets plain HTTP.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"syscall"
	"time"

	"github.com/coder/websocket"
)

func main() {
	switch os.Args[1] {
	case "forward":
		serve(os.Args[2], forwardTo(os.Args[3]))
	case "refuse":
		serve(os.Args[2], refuse)
	default:
		runApp()
	}
}

func runApp() {
	address := ""
	if len(os.Args) > 2 {
		address = os.Args[2]
	}
	status := http.StatusOK
	if len(os.Args) > 3 {
		status, _ = strconv.Atoi(os.Args[3])
	}
	host, _ := os.Hostname()
	// With hostNetwork the host's name is that of the machine.
	if name := os.Getenv("POD_NAME"); name != "" {
		host = name
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(response http.ResponseWriter, request *http.Request) {
		response.Header().Set("Content-Type", "application/json")
		response.WriteHeader(status)
		_ = json.NewEncoder(response).Encode(map[string]string{
			"pod":    host,
			"path":   request.URL.RequestURI(),
			"host":   request.Host,
			"method": request.Method,
			"origin": request.Header.Get("Origin"),
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
	for {
		err := http.ListenAndServe(net.JoinHostPort(address, os.Args[1]), mux)
		if !errors.Is(err, syscall.EADDRINUSE) {
			log.Fatal(err)
		}
		// The Pod goes on, as one of SkyPilot's does whose task failed.
		log.Print(err)
		time.Sleep(time.Second)
	}
}

func serve(address string, handle func(*net.TCPConn)) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	for {
		connection, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go handle(connection.(*net.TCPConn))
	}
}

func forwardTo(target string) func(*net.TCPConn) {
	return func(caller *net.TCPConn) {
		defer caller.Close()
		behind, err := net.Dial("tcp", target)
		if err != nil {
			return
		}
		defer behind.Close()
		go func() { _, _ = io.Copy(behind, caller) }()
		_, _ = io.Copy(caller, behind)
	}
}

func refuse(caller *net.TCPConn) {
	_, _ = caller.Read(make([]byte, 1))
	// Without lingering, closing sends a reset.
	_ = caller.SetLinger(0)
	_ = caller.Close()
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
