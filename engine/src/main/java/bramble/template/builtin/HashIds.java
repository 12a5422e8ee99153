package bramble.template.builtin;

import static java.util.Map.entry;

import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Filter;
import bramble.template.Python;
import bramble.template.TemplateException;
import bramble.value.Int;
import bramble.value.ListValue;
import bramble.value.Text;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Short words that stand for whole numbers, and hide them a little: hashids_encode and hashids_decode of community.general.
 *
 * @see <a href="https://hashids.org">Hashids</a>
 */
@AutoService(Extensions.class)
public final class HashIds implements Extensions {
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890";
    private static final int LEAST_LETTERS = 16;
    private static final double LETTERS_PER_SEPARATOR = 3.5;
    private static final double LETTERS_PER_GUARD = 12;

    @Override
    public Map<String, Filter> filters() {
        return Map.ofEntries(
                entry("hashids_encode", HashIds::encode),
                entry("hashids_decode", HashIds::decode));
    }

    /** The letters of a salt: of numbers, between numbers, and around a word that would be too short. */
    private record Code(String salt, String alphabet, String separators, String guards, int least) {
        static Code of(Arguments arguments) {
            arguments.only("salt", "alphabet", "min_length");
            String salt = arguments.text(0, "salt", "");
            String all = arguments.text(1, "alphabet", LETTERS);
            String separators = "cfhistuCFHISTU".chars().mapToObj(Character::toString).filter(all::contains)
                    .collect(Collectors.joining());
            String between = separators;
            String letters = all.chars().mapToObj(Character::toString).distinct()
                    .filter(letter -> !between.contains(letter)).collect(Collectors.joining());
            if (letters.length() + separators.length() < LEAST_LETTERS) {
                throw new TemplateException("the alphabet has to have " + LEAST_LETTERS + " different letters or more");
            }
            separators = shuffled(separators, salt);
            int missing = (int) Math.ceil(letters.length() / LETTERS_PER_SEPARATOR) - separators.length();
            if (missing > 0) {
                separators += letters.substring(0, missing);
                letters = letters.substring(missing);
            }
            letters = shuffled(letters, salt);
            int guards = (int) Math.ceil(letters.length() / LETTERS_PER_GUARD);
            boolean few = letters.length() < 3;
            return new Code(salt, few ? letters : letters.substring(guards),
                    few ? separators.substring(guards) : separators,
                    (few ? separators : letters).substring(0, guards), arguments.integer(2, "min_length", 0));
        }

        String word(List<BigInteger> numbers) {
            long hash = 0;
            for (int i = 0; i < numbers.size(); i++) {
                hash += remainder(numbers.get(i), i + 100);
            }
            String letters = alphabet;
            char lottery = letters.charAt((int) (hash % letters.length()));
            var word = new StringBuilder().append(lottery);
            for (int i = 0; i < numbers.size(); i++) {
                letters = next(letters, lottery);
                String digits = digits(numbers.get(i), letters);
                word.append(digits);
                if (i < numbers.size() - 1) {
                    int rest = remainder(numbers.get(i), digits.charAt(0) + i);
                    word.append(separators.charAt(rest % separators.length()));
                }
            }
            return lengthened(word, hash, letters);
        }

        private String lengthened(StringBuilder word, long hash, String lastLetters) {
            if (word.length() < least) {
                word.insert(0, guards.charAt((int) ((hash + word.charAt(0)) % guards.length())));
            }
            if (word.length() < least) {
                word.append(guards.charAt((int) ((hash + word.charAt(2)) % guards.length())));
            }
            String letters = lastLetters;
            int half = letters.length() / 2;
            while (word.length() < least) {
                letters = shuffled(letters, letters);
                word.insert(0, letters.substring(half)).append(letters, 0, half);
                int excess = word.length() - least;
                if (excess > 0) {
                    return word.substring(excess / 2, excess / 2 + least);
                }
            }
            return word.toString();
        }

        /** The numbers of a word; none where it is no word of this code. */
        List<BigInteger> numbers(String word) {
            List<String> parts = split(word, guards);
            String inner = parts.get(parts.size() == 2 || parts.size() == 3 ? 1 : 0);
            var numbers = new ArrayList<BigInteger>();
            if (inner.isEmpty()) {
                return List.of();
            }
            String letters = alphabet;
            for (String part : split(inner.substring(1), separators)) {
                letters = next(letters, inner.charAt(0));
                BigInteger number = BigInteger.ZERO;
                for (int i = 0; i < part.length(); i++) {
                    int digit = letters.indexOf(part.charAt(i));
                    if (digit < 0) {
                        return List.of();
                    }
                    number = number.multiply(BigInteger.valueOf(letters.length())).add(BigInteger.valueOf(digit));
                }
                numbers.add(number);
            }
            return word(numbers).equals(word) ? List.copyOf(numbers) : List.of();
        }

        private String next(String letters, char lottery) {
            return shuffled(letters, (lottery + salt + letters).substring(0, letters.length()));
        }

        private static String digits(BigInteger number, String letters) {
            var digits = new StringBuilder();
            BigInteger base = BigInteger.valueOf(letters.length());
            BigInteger rest = number;
            do {
                digits.append(letters.charAt(rest.mod(base).intValue()));
                rest = rest.divide(base);
            } while (rest.signum() > 0);
            return digits.reverse().toString();
        }

        private static int remainder(BigInteger number, int divisor) {
            return number.mod(BigInteger.valueOf(divisor)).intValue();
        }

        private static List<String> split(String text, String at) {
            var parts = new ArrayList<String>();
            int start = 0;
            for (int i = 0; i < text.length(); i++) {
                if (at.indexOf(text.charAt(i)) >= 0) {
                    parts.add(text.substring(start, i));
                    start = i + 1;
                }
            }
            parts.add(text.substring(start));
            return parts;
        }

        private static String shuffled(String letters, String salt) {
            if (salt.isEmpty()) {
                return letters;
            }
            char[] order = letters.toCharArray();
            int index = 0;
            int sum = 0;
            for (int i = order.length - 1; i > 0; i--) {
                index %= salt.length();
                int code = salt.charAt(index);
                sum += code;
                int other = (code + index + sum) % i;
                char letter = order[other];
                order[other] = order[i];
                order[i] = letter;
                index++;
            }
            return new String(order);
        }
    }

    private static Value encode(Value input, Arguments arguments, Evaluation evaluation) {
        List<Value> values = input instanceof Int ? List.of(input) : evaluation.items(input);
        List<BigInteger> numbers = values.stream()
                .map(value -> Python.integer(value).filter(number -> number.signum() >= 0)
                        .orElseThrow(() -> new TemplateException(
                                "hashids_encode takes whole numbers from 0 on, not " + evaluation.text(value))))
                .toList();
        return new Text(numbers.isEmpty() ? "" : Code.of(arguments).word(numbers));
    }

    private static Value decode(Value input, Arguments arguments, Evaluation evaluation) {
        return new ListValue(Code.of(arguments).numbers(evaluation.text(input)).stream().<Value>map(Int::new).toList());
    }
}
