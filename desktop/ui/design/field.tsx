// Fields for text: label above, hint below, and an error that is said when it appears and named by the field.
import {
  type HTMLAttributes,
  type InputHTMLAttributes,
  type ReactNode,
  type Ref,
  type TextareaHTMLAttributes,
  useId,
  useState,
} from 'react';
import { useWords } from '../words/use-words.ts';
import { IconButton } from './button.tsx';
import styles from './field.module.css';
import { Icon } from './icon.tsx';

/** What all fields take. */
export interface FieldProps {
  readonly label: string;
  /** True where the label is plain from the place: it is only said. */
  readonly hideLabel?: boolean;
  readonly hint?: ReactNode;
  /** One plain sentence; null or left out: nothing is wrong. */
  readonly error?: string | null;
}

interface Wiring {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': boolean | undefined;
}

/** Label, hint and error around any control: `children` gets what ties it to them. */
export function Field({
  label,
  hideLabel = false,
  hint,
  error,
  children,
}: FieldProps & { readonly children: (wiring: Wiring) => ReactNode }) {
  const id = useId();
  const wrong = error !== undefined && error !== null;
  const described = [hint === undefined ? '' : `${id}-hint`, wrong ? `${id}-error` : ''].filter((part) => part !== '').join(' ');
  return (
    <div className={styles.field}>
      <label className={hideLabel ? 'visually-hidden' : styles.label} htmlFor={id}>
        {label}
      </label>
      {children({ id, 'aria-describedby': described === '' ? undefined : described, 'aria-invalid': wrong || undefined })}
      {hint === undefined ? null : (
        <div className={styles.hint} id={`${id}-hint`}>
          {hint}
        </div>
      )}
      <div className={styles.error} id={`${id}-error`} role="alert">
        {wrong ? (
          <>
            <Icon name="warning" size={16} />
            <span ref={reveal}>{error}</span>
          </>
        ) : null}
      </div>
    </div>
  );
}

/** What is wrong is no news below the edge of a low window. The same function always, so that it is done once, when the error appears. */
const reveal = (error: HTMLElement | null) => error?.scrollIntoView({ block: 'nearest' });

type Native = Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange' | 'value' | 'id'>;

/** What a field of one line takes, beside everything of an `<input>`. */
export interface TextFieldProps extends FieldProps, Native {
  readonly value: string;
  onChange(value: string): void;
  readonly ref?: Ref<HTMLInputElement>;
  /** Stands inside the field at its end (a button). */
  readonly after?: ReactNode;
  /** For what is a code or an address, not words. */
  readonly mono?: boolean;
}

/** A field of one line. */
export function TextField({ label, hideLabel, hint, error, value, onChange, after, mono = false, ref, ...rest }: TextFieldProps) {
  return (
    <Field label={label} {...given({ hideLabel, hint, error })}>
      {(wiring) => (
        <div className={styles.box}>
          <input
            autoComplete="off"
            spellCheck={false}
            {...rest}
            {...wiring}
            ref={ref ?? null}
            className={mono ? `${styles.input} ${styles.mono}` : styles.input}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
          {after}
        </div>
      )}
    </Field>
  );
}

/** A field for a passphrase, which can be looked at. `autoComplete`: `new-password` or `current-password`. */
export function PassphraseField(props: Omit<TextFieldProps, 'after' | 'type' | 'mono'>) {
  const t = useWords('app');
  const [shown, setShown] = useState(false);
  const toggle = (
    <IconButton
      className={styles.inside ?? ''}
      icon={shown ? 'eye-off' : 'eye'}
      label={t(shown ? 'hidePassphrase' : 'showPassphrase')}
      onClick={() => setShown(!shown)}
    />
  );
  return <TextField {...props} type={shown ? 'text' : 'password'} after={toggle} />;
}

/** What a field of several lines takes, beside everything of a `<textarea>`. */
export interface TextAreaProps extends FieldProps, Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, 'onChange' | 'value' | 'id'> {
  readonly value: string;
  onChange(value: string): void;
  readonly ref?: Ref<HTMLTextAreaElement>;
}

/** A field of several lines that grows with its text. */
export function TextArea({ label, hideLabel, hint, error, value, onChange, ref, ...rest }: TextAreaProps) {
  return (
    <Field label={label} {...given({ hideLabel, hint, error })}>
      {(wiring) => (
        <div className={styles.box}>
          <textarea
            rows={2}
            {...rest}
            {...wiring}
            ref={ref ?? null}
            className={`${styles.input} ${styles.area}`}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
        </div>
      )}
    </Field>
  );
}

/** What was given, without what was not. */
function given({ hideLabel, hint, error }: { hideLabel: boolean | undefined; hint: ReactNode; error: string | null | undefined }) {
  return {
    ...(hideLabel === undefined ? {} : { hideLabel }),
    ...(hint === undefined ? {} : { hint }),
    ...(error === undefined ? {} : { error }),
  } satisfies Partial<FieldProps> & HTMLAttributes<never>;
}
