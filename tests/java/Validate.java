import java.io.BufferedReader;
import java.io.File;
import java.io.FileInputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import javax.xml.validation.Validator;
import org.apache.xerces.dom.DOMInputImpl;
import org.xml.sax.ErrorHandler;
import org.xml.sax.SAXParseException;

/**
 * Validates files with Xerces-J. The argument is the folder of the official SDMX schemas (sdmx21, sdmx30,
 * sdmx31); standard input has a schema, a tab and a file on each line. Every message of Xerces is a line of
 * standard output: the file, a tab, the message. No address outside the folder is opened.
 */
public class Validate {
    private static final Pattern OFFICIAL =
            Pattern.compile("https://registry\\.sdmx\\.org/schemas/v(\\d)_(\\d)/(\\w+\\.xsd)");

    public static void main(String[] arguments) throws Exception {
        SchemaFactory factory = SchemaFactory.newInstance(
                "http://www.w3.org/2001/XMLSchema", "org.apache.xerces.jaxp.validation.XMLSchemaFactory", null);
        factory.setFeature("http://apache.org/xml/features/validation/schema-full-checking", true);
        factory.setResourceResolver((type, namespace, publicId, systemId, base) -> open(systemId, base, arguments[0]));
        Map<String, Schema> schemas = new HashMap<>();
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            String[] pair = line.split("\t");
            if (!schemas.containsKey(pair[0])) {
                factory.setErrorHandler(new Printer(pair[0]));
                schemas.put(pair[0], factory.newSchema(new File(pair[0])));
            }
            Validator validator = schemas.get(pair[0]).newValidator();
            validator.setResourceResolver((type, namespace, publicId, systemId, base) -> refuse(systemId));
            validator.setErrorHandler(new Printer(pair[1]));
            try (FileInputStream data = new FileInputStream(pair[1])) {
                validator.validate(new StreamSource(data));
            } catch (SAXParseException error) {
                // A fatal error: the handler has printed it.
            }
            System.out.println(pair[1] + "\tread");
        }
    }

    private static DOMInputImpl open(String systemId, String base, String official) {
        String address = base == null ? systemId : URI.create(base).resolve(systemId).toString();
        Matcher found = OFFICIAL.matcher(address);
        if (!found.matches()) {
            return refuse(address);
        }
        File file = new File(official, "sdmx" + found.group(1) + found.group(2) + "/" + found.group(3));
        try {
            return new DOMInputImpl(null, address, null, new FileInputStream(file), null);
        } catch (java.io.IOException error) {
            throw new IllegalStateException(error);
        }
    }

    private static DOMInputImpl refuse(String address) {
        throw new IllegalStateException("not an official schema: " + address);
    }

    private record Printer(String file) implements ErrorHandler {
        @Override
        public void warning(SAXParseException message) {
            print(message);
        }

        @Override
        public void error(SAXParseException message) {
            print(message);
        }

        @Override
        public void fatalError(SAXParseException message) throws SAXParseException {
            print(message);
            throw message;
        }

        private void print(SAXParseException message) {
            String words = message.getMessage().replaceAll("\\s+", " ");
            System.out.println(file + "\tline " + message.getLineNumber() + ": " + words);
        }
    }
}
