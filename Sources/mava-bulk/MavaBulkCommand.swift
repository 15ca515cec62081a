@main
enum MavaBulkCommand {
    static func main() {}
}
