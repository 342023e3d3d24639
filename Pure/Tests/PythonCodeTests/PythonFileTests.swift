import PythonCode
import Testing

@Suite("A file of Python code") struct PythonFileTests {
    @Test("of no bytes says nothing")
    func empty() {
        let file = PythonFile(reading: [])
        #expect(file.calls.isEmpty)
    }
}
